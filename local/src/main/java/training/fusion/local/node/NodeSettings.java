package training.fusion.local.node;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node runs pods with.
 *
 * @param name the node's name
 * @param schedules whether it also gives pods to itself; false where a scheduler does
 * @param cores processor cores that pods share
 * @param gpus that there are for pods: 0, or 1 that they take turns with
 * @param program what every container runs, in place of its image
 * @param environment variables of this machine that every container gets
 * @param claims folders of claims
 * @param tokens issues the pods' projected tokens
 * @param logs folder of log files, one for each pod
 * @param pods folder in which each pod has its own while it lives
 */
public record NodeSettings(
    String name,
    boolean schedules,
    int cores,
    int gpus,
    Program program,
    Map<String, String> environment,
    Claims claims,
    Tokens tokens,
    Path logs,
    Path pods) {

  /** What a container runs. */
  public interface Program {
    /**
     * Its command line.
     *
     * @param processors as many as it may use; null: all of the machine's
     * @param grace that it has to end once whoever started it is gone
     */
    List<String> command(@Nullable Integer processors, Duration grace);
  }

  /** Issues tokens bound to pods. */
  public interface Tokens {
    /** A token of the pod's service account for this audience. */
    String token(Pod pod, String audience, Duration lifetime);
  }
}
