package training.fusion.operator.status;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Optional;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunResult;
import training.fusion.operator.job.TerminationMessage;
import training.fusion.operator.job.TrainerPod;

/** Why a pod failed, from what Kubernetes and the trainer left: no log is read. */
final class PodFailure {
  private static final int SIGKILL = 128 + 9;
  private static final int LONGEST_EXCERPT = 300;

  private PodFailure() {}

  /** One word and one sentence about a failed pod. */
  static Trouble of(Observation seen, TrainerPod pod) {
    Optional<PodCondition> disruption = pod.condition("DisruptionTarget", "True");
    if (disruption.isPresent()) {
      return new Trouble(
          disruption.get().getReason(),
          "the pod was taken off its node"
              + PodTrouble.said(disruption.get().getMessage())
              + "; not counted as a retry");
    }
    Optional<RunResult.Failure> said =
        TerminationMessage.of(pod, seen.run()).map(RunResult::failure);
    if (said.isPresent()) {
      return new Trouble(said.get().reason(), said.get().message());
    }
    return pod.terminated()
        .map(terminated -> ofContainer(seen, pod, terminated))
        .orElseGet(
            () ->
                new Trouble(
                    pod.reason().orElse("PodFailed"),
                    pod.message().orElse("the pod failed before its container ran")));
  }

  private static Trouble ofContainer(
      Observation seen, TrainerPod pod, ContainerStateTerminated terminated) {
    if ("OOMKilled".equals(terminated.getReason())) {
      return new Trouble("OutOfMemory", outOfMemory(seen, pod));
    }
    int code = terminated.getExitCode() == null ? -1 : terminated.getExitCode();
    return ExitCode.of(code)
        .map(known -> ofTrainer(pod, known))
        .orElseGet(() -> ofUnknown(terminated, code));
  }

  private static String outOfMemory(Observation seen, TrainerPod pod) {
    Quantity limit = pod.memoryLimit();
    return "the container exceeded "
        + (limit == null ? "the node's memory" : limit.toString())
        + where(seen, pod)
        + "; raise spec.pod.resources.limits.memory or lower spec.training.batchSize";
  }

  private static String where(Observation seen, TrainerPod pod) {
    Progress progress =
        seen.training().getStatus() == null ? null : seen.training().getStatus().progress();
    return progress == null || !pod.uid().equals(progress.podUid())
        ? ""
        : " at epoch " + progress.epoch() + ", step " + progress.step();
  }

  private static Trouble ofTrainer(TrainerPod pod, ExitCode code) {
    String more = " (exit code " + code.code() + "); it said no more: kubectl logs " + pod.name();
    return switch (code) {
      case BAD_CONFIGURATION ->
          new Trouble("BadConfiguration", "configuration or data are wrong" + more);
      case DIVERGED -> new Trouble("Diverged", "the training diverged" + more);
      case INTERNAL -> new Trouble("Internal", "the trainer or its device failed" + more);
      case TEMPORARY_IO -> new Trouble("TemporaryIo", "reading or writing failed for now" + more);
      case TERMINATED -> new Trouble("Terminated", "the trainer was told to stop" + more);
      case SUCCESS -> new Trouble("PodFailed", pod.message().orElse("the pod failed" + more));
    };
  }

  private static Trouble ofUnknown(ContainerStateTerminated terminated, int code) {
    if (code == SIGKILL) {
      return new Trouble(
          "Killed",
          "the container was killed (exit code 137), by its node or because it did not stop in time");
    }
    String message = terminated.getMessage() == null ? "" : terminated.getMessage().strip();
    return new Trouble(
        "ContainerFailed",
        "the container ended with exit code "
            + code
            + PodTrouble.said(message.substring(0, Math.min(message.length(), LONGEST_EXCERPT))));
  }
}
