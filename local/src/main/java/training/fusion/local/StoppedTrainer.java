package training.fusion.local;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunResult;

/** A trainer that was asked to end while it trained, and what is left of its work. */
final class StoppedTrainer {
  private static final String NAME = "fusion.training/training";
  private static final ObjectMapper JSON = new ObjectMapper();

  private StoppedTrainer() {}

  /**
   * A sentence that names the training: what the trainer itself has said, for it alone knows
   * whether it has saved; of one that was killed, what lies in the run's folder.
   *
   * @param kept the newest checkpoint in that folder; empty: there is none
   */
  static String tell(Pod pod, Optional<String> kept) {
    String name = training(pod);
    ContainerStateTerminated ended = ended(pod);
    String said = ended == null ? null : said(ended.getMessage());
    if (said != null) {
      return name + ": " + said;
    }
    return "%s: %s before it could save; %s"
        .formatted(
            name,
            ended == null ? "killed" : "ended with exit code " + ended.getExitCode(),
            kept.map("%s, which it had saved before, is kept"::formatted)
                .orElse("it had saved nothing before, so nothing is kept"));
  }

  /** Name of the training whose pod it is. */
  static String training(Pod pod) {
    return Optional.ofNullable(pod.getMetadata().getLabels())
        .map(labels -> labels.get(NAME))
        .orElse(pod.getMetadata().getName());
  }

  private static @Nullable ContainerStateTerminated ended(Pod pod) {
    return pod.getStatus() == null || pod.getStatus().getContainerStatuses().isEmpty()
        ? null
        : pod.getStatus().getContainerStatuses().get(0).getState().getTerminated();
  }

  private static @Nullable String said(@Nullable String message) {
    if (message == null) {
      return null;
    }
    try {
      RunResult result = JSON.readValue(message, RunResult.class);
      return result.failure() == null ? "trained to its end" : result.failure().message();
    } catch (JsonProcessingException e) {
      return null; // cut short, or another's
    }
  }
}
