package training.fusion.operator.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import java.time.Instant;
import java.util.Optional;
import training.fusion.operator.job.OtherContainer;
import training.fusion.operator.job.OtherContainer.Kind;
import training.fusion.operator.job.TrainerPod;

/** What containers that are not ours have to do with a pod's failure. */
final class OtherFailure {
  static final String WHOSE =
      "it is not the training's own: an admission webhook puts it into pods, ask who runs that";

  private OtherFailure() {}

  /** An init container that failed, so that the trainer never ran. */
  static Optional<Trouble> before(TrainerPod pod) {
    return pod.others().stream()
        .filter(other -> other.kind() == Kind.INIT && other.hasFailed())
        .findFirst()
        .map(
            other ->
                new Trouble(
                    "InitContainerFailed",
                    "the trainer never ran: "
                        + other.described()
                        + other.terminated().map(OtherFailure::ended).orElse("")
                        + "; "
                        + WHOSE));
  }

  /** A container that failed before the trainer did: perhaps the cause, perhaps not. */
  static String beside(TrainerPod pod) {
    return pod.others().stream()
        .filter(other -> other.kind() == Kind.ORDINARY && other.hasFailed())
        .filter(other -> pod.hasTrained() || endedFirst(other, pod))
        .findFirst()
        .map(
            other ->
                "; "
                    + other.described()
                    + ", which is not the training's own,"
                    + other.terminated().map(OtherFailure::ended).orElse("")
                    + (pod.hasTrained() ? "" : " before"))
        .orElse("");
  }

  /** How a container ended: code, reason and its words. */
  static String ended(ContainerStateTerminated end) {
    String reason = end.getReason() == null ? "" : " (" + end.getReason() + ")";
    return " ended with exit code "
        + end.getExitCode()
        + reason
        + PodTrouble.excerpt(end.getMessage());
  }

  private static boolean endedFirst(OtherContainer other, TrainerPod pod) {
    Optional<Instant> end =
        other.terminated().map(ContainerStateTerminated::getFinishedAt).map(Instant::parse);
    return end.isPresent()
        && pod.endedAt().filter(trainer -> end.get().isBefore(trainer)).isPresent();
  }
}
