package training.fusion.operator.diagnosis;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunResult;
import training.fusion.operator.job.TerminationMessage;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.watch.Observation;

/** Why a pod failed, from what Kubernetes and the trainer left: no log is read. */
final class PodFailure {
  private static final int SIGKILL = 128 + 9;

  /** Java's own, where it was told to end when its memory is used up. */
  private static final int JAVA_OUT_OF_MEMORY = 3;

  /** 128 and the signal that ended a process because native code went wrong. */
  private static final Map<Integer, String> CRASHES =
      Map.of(
          132, "SIGILL: the node's processor lacks an instruction that the image needs",
          134, "SIGABRT: Java or a native library gave up",
          135, "SIGBUS: a file that is mapped into memory was cut, or its disk is full",
          136, "SIGFPE",
          139, "SIGSEGV: a native library or a driver failed");

  private PodFailure() {}

  /** One word and one sentence about a failed pod. */
  static Trouble of(Observation seen, TrainerPod pod) {
    return NodeVerdict.of(seen, pod)
        .or(
            () ->
                TerminationMessage.of(pod, seen.run())
                    .map(RunResult::failure)
                    .map(said -> new Trouble(said.reason(), said.message())))
        .or(() -> pod.terminated().map(terminated -> ofContainer(seen, pod, terminated)))
        .or(() -> OtherFailure.before(pod))
        .orElseGet(
            () ->
                new Trouble(
                    "PodFailed", pod.message().orElse("the pod failed before its container ran")));
  }

  private static Trouble ofContainer(
      Observation seen, TrainerPod pod, ContainerStateTerminated terminated) {
    String reason = terminated.getReason() == null ? "" : terminated.getReason();
    if (reason.equals("OOMKilled")) {
      return new Trouble("OutOfMemory", outOfMemory(seen, pod));
    }
    if (reason.equals("ContainerStatusUnknown")) {
      return new Trouble(
          reason,
          "node "
              + pod.node()
              + " does not know how the container ended"
              + PodTrouble.excerpt(terminated.getMessage()));
    }
    int code = terminated.getExitCode() == null ? -1 : terminated.getExitCode();
    Trouble trouble =
        ExitCode.of(code)
            .map(known -> ofTrainer(pod, known))
            .orElseGet(() -> ofUnknown(pod, terminated, code));
    return new Trouble(trouble.reason(), trouble.message() + OtherFailure.beside(pod));
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
    String more = " (exit code " + code.code() + "); it said no more: " + logs(pod);
    return switch (code) {
      case BAD_CONFIGURATION ->
          new Trouble("BadConfiguration", "configuration or data are wrong" + more);
      case DIVERGED -> new Trouble("Diverged", "the training diverged" + more);
      case INTERNAL -> new Trouble("Internal", "the trainer or its device failed" + more);
      case TEMPORARY_IO -> new Trouble("TemporaryIo", "reading or writing failed for now" + more);
      case TERMINATED -> new Trouble("Terminated", "the trainer was told to stop" + more);
      case SUCCESS ->
          new Trouble(
              "PodFailed",
              "the pod failed although the trainer ended with 0, and it left no result");
    };
  }

  private static Trouble ofUnknown(TrainerPod pod, ContainerStateTerminated terminated, int code) {
    if (code == SIGKILL) {
      return new Trouble(
          "Killed",
          "the container was killed (exit code 137), by its node or because it did not stop in time");
    }
    String crash = CRASHES.get(code);
    if (crash != null) {
      return new Trouble(
          "Crashed",
          "the trainer's process crashed with exit code "
              + code
              + " ("
              + crash
              + "): "
              + logs(pod));
    }
    String said = PodTrouble.excerpt(terminated.getMessage());
    String unsaid =
        (code == JAVA_OUT_OF_MEMORY
                ? ", as Java does when its memory is used up and -XX:+ExitOnOutOfMemoryError is set"
                : "")
            + "; it said no more: "
            + logs(pod);
    return new Trouble(
        "ContainerFailed",
        "the container ended with exit code " + code + (said.isEmpty() ? unsaid : said));
  }

  private static String logs(TrainerPod pod) {
    return "kubectl logs " + pod.name() + " -c " + TrainerPod.CONTAINER;
  }
}
