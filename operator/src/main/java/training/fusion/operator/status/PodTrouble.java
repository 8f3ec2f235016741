package training.fusion.operator.status;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import training.fusion.operator.job.TrainerPod;

/** Why a pod has not started, where it is not just a matter of time. */
final class PodTrouble {
  private static final Set<String> IMAGE =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "ImageInspectError",
          "RegistryUnavailable");
  private static final Set<String> CONTAINER =
      Set.of(
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError",
          "PreCreateHookError",
          "PostStartHookError");
  private static final Pattern MISSING_CLAIM =
      Pattern.compile("persistentvolumeclaim \"([^\"]+)\" not found");

  private PodTrouble() {}

  /** Why the container of a scheduled pod does not start, if Kubernetes says that it can't. */
  static Optional<Trouble> starting(TrainerPod pod) {
    return pod.waiting().flatMap(waiting -> starting(pod, waiting));
  }

  private static Optional<Trouble> starting(TrainerPod pod, ContainerStateWaiting waiting) {
    String reason = waiting.getReason() == null ? "" : waiting.getReason();
    if (IMAGE.contains(reason)) {
      return Optional.of(
          new Trouble(
              reason,
              "the image "
                  + pod.image()
                  + " could not be had"
                  + said(waiting.getMessage())
                  + "; check spec.pod.image and spec.pod.imagePullSecrets"));
    }
    if (CONTAINER.contains(reason)) {
      return Optional.of(
          new Trouble(
              reason,
              "the container could not be started"
                  + said(waiting.getMessage())
                  + "; check what spec.pod and the sources in spec name: secrets, config maps, volumes"));
    }
    return Optional.empty();
  }

  /** Why no node takes the pod, as one sentence; the scheduler's own words. */
  static String unschedulable(TrainerPod pod) {
    String scheduler =
        pod.condition("PodScheduled", "False").map(PodCondition::getMessage).orElse("");
    Matcher missing = MISSING_CLAIM.matcher(scheduler);
    if (missing.find()) {
      return "PersistentVolumeClaim "
          + missing.group(1)
          + " does not exist in namespace "
          + pod.pod().getMetadata().getNamespace()
          + "; create it, or name another one in spec.dataset.source or spec.checkpoint.volume";
    }
    return scheduler.isEmpty()
        ? "the scheduler has not found a node yet"
        : "no node takes the pod: " + scheduler;
  }

  static String said(String message) {
    return message == null || message.isEmpty() ? "" : ": " + message;
  }
}
