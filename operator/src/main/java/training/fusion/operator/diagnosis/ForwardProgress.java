package training.fusion.operator.diagnosis;

import java.util.List;
import java.util.Optional;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.operator.watch.Observation;

/**
 * Whether a run gets on in spite of its disruptions. They cost no retry, so nothing else would end
 * a run that loses every pod before its first new checkpoint.
 */
final class ForwardProgress {
  private ForwardProgress() {}

  /** What is wrong, if the last five pods were all taken away without a checkpoint between them. */
  static Optional<Trouble> missing(Observation seen) {
    List<FailureRecord> last = FailureHistory.of(seen).last();
    boolean none =
        last.size() == FailureHistory.KEPT
            && last.stream().allMatch(failure -> Boolean.TRUE.equals(failure.disruption()))
            && last.stream().noneMatch(LostResult::isNoted)
            && last.stream()
                    .map(failure -> Optional.ofNullable(failure.checkpointStep()))
                    .distinct()
                    .count()
                == 1;
    return none ? Optional.of(trouble(seen, last)) : Optional.empty();
  }

  private static Trouble trouble(Observation seen, List<FailureRecord> last) {
    FailureRecord newest = last.get(last.size() - 1);
    return new Trouble(
        "NoForwardProgress",
        "%d pods in a row were taken off their nodes (%s at last) and %s; %s, or find out who takes them, then set a new spec.runId"
            .formatted(
                last.size(),
                newest.reason(),
                newest.checkpointStep() == null
                    ? "there is no checkpoint yet"
                    : "the newest checkpoint is still that of step " + newest.checkpointStep(),
                seen.isKept()
                    ? "lower spec.checkpoint.everyMinutes"
                    : "give the run a spec.checkpoint.volume"));
  }
}
