package training.fusion.trainer.run;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.checkpoint.CheckpointStore;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.StoredCheckpoint;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.train.EarlyStopping;
import training.fusion.trainer.train.Settings;

/**
 * The run that {@code checkpoint.resumeFrom} names. A run that goes on from it is one training with
 * it: weights, optimizer state, counters and history continue.
 */
final class Predecessor {
  private static final Logger LOG = LoggerFactory.getLogger(Predecessor.class);

  private Predecessor() {}

  /**
   * What else there is to do, as part of a sentence.
   *
   * @param checkpoint in the other run's folder
   */
  static String itsWeights(Path checkpoint) {
    Path run = checkpoint.toAbsolutePath().getParent();
    boolean own = run != null && RunDescription.read(run).map(RunDescription::module).isPresent();
    return own
        ? "start from the other run's weights: give the TorchScript file that it left as model.module.source"
        : "start from the other run's weights by model.pretrained";
  }

  /**
   * Its newest whole checkpoint; null if no run is named.
   *
   * @throws TrainingFailure if it has none
   */
  static @Nullable StoredCheckpoint newest(@Nullable Path folder) {
    if (folder == null) {
      return null;
    }
    return CheckpointStore.newestIn(folder, LOG::warn)
        .orElseThrow(
            () ->
                TrainingFailure.badConfiguration(
                    "spec.checkpoint.resumeFrom: there is no whole checkpoint in %s; name the status.runKey of a run that has saved one on this volume"
                        .formatted(folder)));
  }

  /**
   * The state to go on from. The best epoch's weights, if there are any, are copied into this run's
   * folder: the other one may be deleted.
   *
   * @param later takes what is to be written there
   * @throws TrainingFailure if nothing is left to train, or epochs have other steps now
   */
  static RunState state(
      StoredCheckpoint checkpoint,
      Settings settings,
      BatchPlan plan,
      Path runFolder,
      Consumer<Runnable> later) {
    RunState state = checkpoint.manifest().state();
    if (state.epochs() >= settings.epochs()) {
      throw TrainingFailure.badConfiguration(
          "spec.training.epochs is %d, and %s has %d epochs already; epochs count from the other run's beginning: raise it"
              .formatted(settings.epochs(), checkpoint.folder(), state.epochs()));
    }
    if (state.step() != (long) state.epochs() * plan.batches() + state.batches()) {
      throw TrainingFailure.badConfiguration(
          "%s has %d steps in %d epochs and %d batches, this run would have %d steps in each epoch; leave dataset and training.batchSize as they were, or %s"
              .formatted(
                  checkpoint.folder(),
                  state.step(),
                  state.epochs(),
                  state.batches(),
                  plan.batches(),
                  itsWeights(checkpoint.folder())));
    }
    carryPatience(checkpoint, state, settings, runFolder, later);
    return new RunState(
        state.epochs(),
        state.batches(),
        state.step(),
        state.sums(),
        best(state.best(), checkpoint, settings, runFolder, later),
        settings.ema() == null
            ? null
            : best(state.bestEma(), checkpoint, settings, runFolder, later),
        state.history(),
        state.steps());
  }

  /** A run that early stopping has ended would, with the same patience, end before it began. */
  private static void carryPatience(
      StoredCheckpoint checkpoint,
      RunState state,
      Settings settings,
      Path runFolder,
      Consumer<Runnable> later) {
    EarlyStopping stopping = settings.earlyStopping();
    int patientFrom = FurtherTraining.afterEpoch(requireNonNull(checkpoint.folder().getParent()));
    if (stopping != null && stopping.after(state.history(), patientFrom) != null) {
      patientFrom = state.epochs();
    }
    if (patientFrom > 0) {
      var patience = new FurtherTraining(patientFrom);
      later.accept(() -> patience.write(runFolder));
    }
  }

  private static RunState.@Nullable Best best(
      RunState.@Nullable Best best,
      StoredCheckpoint checkpoint,
      Settings settings,
      Path runFolder,
      Consumer<Runnable> later) {
    if (best == null || !settings.selectBest()) {
      return best == null ? null : new RunState.Best(best.metrics(), null);
    }
    if (best.weights() == null) {
      LOG.warn("the other run kept no weights of its best epoch: the best is chosen from this one");
      return null;
    }
    Path file = checkpoint.folder().resolveSibling(best.weights().file());
    Path copy = runFolder.resolve(best.weights().file());
    later.accept(() -> copy(file, copy));
    return best;
  }

  private static void copy(Path file, Path copy) {
    try {
      Path unfinished = Durable.unfinished(copy);
      Files.copy(file, unfinished, StandardCopyOption.REPLACE_EXISTING);
      Durable.publish(unfinished, copy);
    } catch (IOException e) {
      throw Durable.abandoned(copy, e);
    }
  }
}
