package training.fusion.local;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where {@link LifecycleContract} is run: an API, a Job controller, the operator in a process of
 * its own, and a process node with the real trainer.
 */
public interface Cluster extends AutoCloseable {
  /** A client of the API. */
  KubernetesClient client();

  /** Namespace for trainings. */
  String namespace();

  /** Process ids of running pods, by the pod's name. */
  Map<String, Long> processes();

  /** The folder that stands for the claim {@value SampleTraining#CHECKPOINTS}. */
  Path checkpoints();

  /** SIGKILL for the operator; what keeps it running starts another. */
  void killOperator();

  @Override
  void close();
}
