package training.fusion.trainer.run;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.AveragedWeights;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunPhase;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.RunResultBuilder;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.api.run.StoppedEarly;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.HistoryRow;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.optim.SwatsFigures;
import training.fusion.trainer.process.FailureDescriptions;
import training.fusion.trainer.process.StoppedException;
import training.fusion.trainer.tracking.Trackers;
import training.fusion.trainer.train.CheckpointKeeper;
import training.fusion.trainer.train.Evaluator;
import training.fusion.trainer.train.FinalModel;
import training.fusion.trainer.train.FinalModels;
import training.fusion.trainer.train.Learner;
import training.fusion.trainer.train.ProgressReporter;
import training.fusion.trainer.train.Settings;
import training.fusion.trainer.train.Trainer;

/** A run that is loaded: data, learner and state, put together to be trained to the end. */
final class Session implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final Settings settings;
  private final Path folder;
  private final ImageData data;
  private final Learner learner;
  private final Evaluator evaluator;
  private final CheckpointKeeper keeper;
  private final ProgressReporter progress;
  private final Trackers tracking;
  private final Trainer trainer;
  private final OpenResources opened;

  /**
   * What {@link SessionOpening} has opened.
   *
   * @param folder the run's
   * @param opened closed with it
   */
  Session(
      Settings settings,
      Path folder,
      ImageData data,
      Learner learner,
      Evaluator evaluator,
      CheckpointKeeper keeper,
      ProgressReporter progress,
      Trackers tracking,
      Trainer trainer,
      OpenResources opened) {
    this.settings = settings;
    this.folder = folder;
    this.data = data;
    this.learner = learner;
    this.evaluator = evaluator;
    this.keeper = keeper;
    this.progress = progress;
    this.tracking = tracking;
    this.trainer = trainer;
    this.opened = opened;
  }

  /**
   * Trains to the end, chooses the model and evaluates it on test.
   *
   * @throws TrainingFailure if the run cannot go on; Terminated if the process was asked to end,
   *     Paused if the rest is not for this process to do; then everything is saved
   */
  RunResult train() throws InterruptedException {
    try {
      trainer.train();
      if (trainer.isPaused()) {
        throw paused(keeper.saveOnce(trainer.state()));
      }
      return finish();
    } catch (StoppedException e) {
      SavedCheckpoint saved = keeper.saveOnce(trainer.state());
      throw new TrainingFailure(
          ExitCode.TERMINATED,
          RunResult.TERMINATED,
          "stopped from outside after step %d, in %s; the next attempt goes on from there"
              .formatted(saved.step(), saved.path()),
          null);
    }
  }

  private TrainingFailure paused(SavedCheckpoint saved) {
    return new TrainingFailure(
        ExitCode.SUCCESS,
        RunResult.PAUSED,
        "paused after epoch %d of %d, as pauseAfterEpoch asks; all is saved in %s, and with a larger one, or none, it goes on from there"
            .formatted(trainer.state().epochs(), settings.epochs(), saved.path()),
        null);
  }

  /** What an end at this moment, which nothing is saved before, would keep. */
  TrainingFailure unsaved() {
    SavedCheckpoint saved = progress.checkpoint();
    return FailureDescriptions.stoppedAtOnce(trainer.state().step() + 1, saved);
  }

  private RunResult finish() throws InterruptedException, StoppedException {
    progress.begins(RunPhase.TESTING, trainer.state());
    FinalModels left = FinalModels.write(folder, data, learner, evaluator, trainer.state());
    tracking.evaluated(left.model().chosenBy(), data.validation());
    keeper.finished();
    progress.finished(trainer.state());
    tellSwats();
    StoppedEarly early = trainer.stoppedEarly();
    if (early != null) {
      LOG.info(
          "stopped early after epoch {} of {}: nothing improved after epoch {}",
          early.epoch(),
          settings.epochs(),
          early.bestEpoch());
    }
    return result(null, left);
  }

  /** What is known now, from any thread. */
  RunResult result(RunResult.@Nullable Failure failure, @Nullable FinalModels left) {
    FinalModel model = left == null ? null : left.model();
    FinalModel average = left == null ? null : left.average();
    RunState state = trainer.state();
    List<HistoryRow> history = state.history();
    double seconds = history.stream().mapToDouble(HistoryRow::seconds).sum();
    double imagesTrained =
        history.stream().mapToDouble(row -> row.imagesPerSecond() * row.seconds()).sum();
    return RunResultBuilder.builder()
        .contractVersion(RunConfiguration.CONTRACT_VERSION)
        .runKey(settings.run().runKey())
        .failure(failure)
        .epoch(state.epochs())
        .step(state.step())
        .validation(state.newest())
        .best(chosenBy(state.best(), state.newest()))
        .test(model == null ? null : model.test().figures())
        .checkpoint(left != null && settings.keepInTheEnd() == 0 ? null : progress.checkpoint())
        .model(model == null ? null : model.saved())
        .imagesPerSecond(seconds == 0 ? null : imagesTrained / seconds)
        .history(history.stream().map(HistoryRow::toPoint).toList())
        .parameters(learner.parameterCounts())
        .levelParameters(learner.levelParameters())
        .ema(
            average == null
                ? null
                : new AveragedWeights(
                    chosenBy(state.bestEma(), history.get(history.size() - 1).ema()),
                    average.test().figures(),
                    average.saved()))
        .stoppedEarly(trainer.stoppedEarly())
        .swatsSwitchStep(progress.swatsSwitchStep())
        .pretrainedVariant(
            settings.run().model().pretrained() == null ? null : learner.convention().name())
        .skippedPictures(data.leftOut() == 0 ? null : data.leftOut())
        .classesWithoutPictures(data.classesWithoutPictures())
        .build();
  }

  private @Nullable Metrics chosenBy(RunState.@Nullable Best best, @Nullable Metrics newest) {
    return settings.selectBest() && best != null ? best.metrics() : newest;
  }

  /** Tells all who follow the run how it ended; the result's file is written. */
  void ended(RunResult result) {
    tracking.ended(result);
  }

  private void tellSwats() {
    SwatsFigures swats = learner.swats();
    if (swats != null) {
      LOG.info(
          swats.switchStep() == null
              ? "SWATS never switched to SGD: the last γ was {}, Λ {}; raise"
                  + " optimization.swats.relativeTolerance"
              : "SWATS: the last γ was {}, Λ {}; Adam ended with step {}",
          swats.gamma(),
          swats.lambda(),
          swats.switchStep());
    }
  }

  @Override
  public void close() {
    opened.close();
  }
}
