package training.fusion.operator.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStateWaitingBuilder;
import io.fabric8.kubernetes.api.model.PodCondition;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.operator.bounds.Shortened;
import training.fusion.operator.job.OtherContainer;
import training.fusion.operator.job.OtherContainer.Kind;
import training.fusion.operator.job.TrainerPod;

/** Why a pod has not started, where it is not just a matter of time. */
final class PodTrouble {
  private static final int LONGEST_EXCERPT = 300;
  private static final Set<String> IMAGE =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "ImageInspectError",
          "RegistryUnavailable",
          "SignatureValidationFailed");
  private static final Set<String> CONTAINER =
      Set.of(
          "CreateContainerConfigError",
          "CreateContainerError",
          "RunContainerError",
          "PreCreateHookError",
          "PostStartHookError");
  private static final String AGAIN_AND_AGAIN = "CrashLoopBackOff";
  private static final String DEFAULT_SCHEDULER = "default-scheduler";

  private static final Pattern MISSING_CLAIM =
      Pattern.compile("persistentvolumeclaim \"([^\"]+)\" not found");

  /** What a kubelet says while it waits before it tries again: the image, and why it failed. */
  private static final Pattern TRIED_AGAIN =
      Pattern.compile("Back-off pulling image \"([^\"]+)\": (\\w+): (.+)", Pattern.DOTALL);

  private PodTrouble() {}

  /** Why the container of a scheduled pod does not start, if Kubernetes says that it can't. */
  static Optional<Trouble> starting(TrainerPod pod) {
    return Stream.of(
            others(pod, Kind.INIT),
            others(pod, Kind.SIDECAR),
            pod.waiting().map(PodTrouble::cause).flatMap(it -> ofTrainer(pod, it)).stream(),
            others(pod, Kind.ORDINARY))
        .flatMap(it -> it)
        .findFirst();
  }

  /** What the trainer waits for, if another container has to end before it begins. */
  static String initializing(TrainerPod pod) {
    return pod.others().stream()
        .filter(other -> other.kind() == Kind.INIT && other.terminated().isEmpty())
        .findFirst()
        .map(other -> "; " + other.described() + " has to end before the trainer begins")
        .orElse("");
  }

  private static Optional<Trouble> ofTrainer(TrainerPod pod, ContainerStateWaiting waiting) {
    String reason = reason(waiting);
    if (IMAGE.contains(reason)) {
      return Optional.of(new Trouble(reason, MissingImage.of(pod, waiting.getMessage())));
    }
    if (CONTAINER.contains(reason)) {
      return MissingImage.unsupported(pod, waiting.getMessage())
          .or(
              () ->
                  Optional.of(
                      new Trouble(
                          reason,
                          "the container could not be started"
                              + said(waiting.getMessage())
                              + "; check what spec.pod and the sources in spec name: secrets, config maps, volumes")));
    }
    return Optional.empty();
  }

  private static Stream<Trouble> others(TrainerPod pod, Kind kind) {
    return pod.others().stream()
        .filter(other -> other.kind() == kind)
        .flatMap(
            other ->
                other.waiting().map(PodTrouble::cause).flatMap(it -> ofOther(other, it)).stream());
  }

  /**
   * Trying and waiting take turns for as long as an image can't be had. Told as two reasons that is
   * an event and a change of the status each time, and nothing is new. A cause that does not name
   * the image stays within what does.
   */
  private static ContainerStateWaiting cause(ContainerStateWaiting waiting) {
    String message = waiting.getMessage() == null ? "" : waiting.getMessage();
    Matcher again = TRIED_AGAIN.matcher(message);
    return again.matches()
            && IMAGE.contains(again.group(2))
            && again.group(3).contains(again.group(1))
        ? new ContainerStateWaitingBuilder()
            .withReason(again.group(2))
            .withMessage(again.group(3))
            .build()
        : waiting;
  }

  private static Optional<Trouble> ofOther(OtherContainer other, ContainerStateWaiting waiting) {
    String reason = reason(waiting);
    String message;
    if (IMAGE.contains(reason)) {
      message =
          "the image %s of %s could not be had%s"
              .formatted(other.image(), other.described(), said(waiting.getMessage()));
    } else if (CONTAINER.contains(reason)) {
      message = other.described() + " could not be started" + said(waiting.getMessage());
    } else if (AGAIN_AND_AGAIN.equals(reason)) {
      message =
          other.described()
              + " is started again and again"
              + other.lastTerminated().map(end -> ": it" + OtherFailure.ended(end)).orElse("");
    } else {
      return Optional.empty();
    }
    return Optional.of(new Trouble(reason, message + "; " + OtherFailure.WHOSE));
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
        ? "the scheduler has not found a node yet" + byWhom(pod)
        : "no node takes the pod: " + scheduler;
  }

  /** Nobody tells that a scheduler of that name is not there. */
  private static String byWhom(TrainerPod pod) {
    return pod.scheduler()
        .filter(name -> !name.equals(DEFAULT_SCHEDULER))
        .map(
            name ->
                "; it is %s, as spec.pod.schedulerName says: if that does not run here, nobody places the pod"
                    .formatted(name))
        .orElse("");
  }

  private static String reason(ContainerStateWaiting waiting) {
    return waiting.getReason() == null ? "" : waiting.getReason();
  }

  static String said(@Nullable String message) {
    return message == null || message.isEmpty() ? "" : ": " + message;
  }

  /** The beginning of what was said, which may be long. */
  static String excerpt(@Nullable String message) {
    String words = message == null ? "" : message.strip();
    return said(Shortened.toCharacters(words, LONGEST_EXCERPT));
  }
}
