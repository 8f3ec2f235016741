package training.fusion.operator.diagnosis;

import java.util.Optional;
import training.fusion.operator.watch.Observation;

/** A run that has got as far as spec.pauseAfterEpoch lets it go for now. */
final class Paused {
  private Paused() {}

  /**
   * What is found, if it is one. Its pod has ended by itself, so the GPU is free before its Job is
   * gone.
   *
   * @param refused what the API server said to the Job's deletion, if it refused it
   */
  static Optional<Diagnosis> of(Observation seen, Optional<String> refused) {
    boolean ended = seen.pause().isPresent();
    if (!seen.isPaused()) {
      return ended
          ? diagnosis(
              Situation.CREATING, "another Job goes on from the checkpoint when this one is gone")
          : Optional.empty();
    }
    if (seen.job().isPresent() && refused.isPresent()) {
      return diagnosis(Situation.PAUSING, refused.get());
    }
    boolean trains =
        seen.job().filter(job -> !ended && !job.hasEnded() && !job.isBeingDeleted()).isPresent();
    return trains
        ? diagnosis(Situation.PAUSING, "the trainer saves a checkpoint and stops")
        : diagnosis(Situation.PAUSED, words(seen));
  }

  private static String words(Observation seen) {
    return "paused after epoch %d, where spec.pauseAfterEpoch is %d; raise or remove it to go on"
        .formatted(seen.pausedAfter().orElse(0), seen.training().getSpec().pauseAfterEpoch());
  }

  private static Optional<Diagnosis> diagnosis(Situation situation, String message) {
    return Optional.of(new Diagnosis(situation, situation.toString(), message, null));
  }
}
