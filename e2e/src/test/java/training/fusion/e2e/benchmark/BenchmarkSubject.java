package training.fusion.e2e.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import training.fusion.e2e.cluster.ProcessFigures;

/**
 * A way to have a Job made of an item, in a namespace of its own, for one round of {@link
 * OperatorBenchmark}.
 */
interface BenchmarkSubject {
  /** How long every pod runs, in the words of {@code e2e/stages/pod.yaml}. */
  String AT_ONCE = "0s";

  /** Where its items are. */
  String namespace();

  /** Asks the API server for an item: a training, or what stands for one here. */
  void create(String item);

  /** The item that one of its Jobs or pods is of. */
  String itemOf(HasMetadata made);

  /** Begins to write down when each item has ended; to be closed. */
  SharedIndexInformer<?> watchEnds(ItemTimes seen);

  /** Whether the API server had this request, of its audit log, from what makes the Jobs. */
  boolean isRequest(JsonNode event);

  /** What it runs beside Kubernetes itself. */
  Optional<Controller> controller();

  /** Processes that make the Jobs. */
  interface Controller {
    /** Starts them, for the first time or again. */
    void start() throws IOException;

    /** Whether all of them say so. */
    boolean isReady();

    /** SIGKILL; nothing where none runs. */
    void kill();

    /** What each of them takes. */
    List<ProcessFigures> processes();
  }
}
