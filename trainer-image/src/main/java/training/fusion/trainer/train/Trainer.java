package training.fusion.trainer.train;

import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunPhase;
import training.fusion.api.run.StoppedEarly;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.batch.BatchReader;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.model.Randomness;
import training.fusion.trainer.optim.GroupStep;
import training.fusion.trainer.optim.PendingStep;
import training.fusion.trainer.optim.StepOutcome;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.process.StoppedException;
import training.fusion.trainer.profile.Profile;
import training.fusion.trainer.report.EvaluatedPart;
import training.fusion.trainer.tracking.Trackers;

/** The training loop: from a state to the end of the last epoch. */
public final class Trainer {
  /** Images of a batch over which batch norm's statistics say nothing. */
  private static final int FEW = 4;

  private final Settings settings;
  private final ImageData data;
  private final BatchReader images;
  private final Learner learner;
  private final Evaluator evaluator;
  private final CheckpointKeeper keeper;
  private final ProgressReporter progress;
  private final Trackers tracking;
  private final StopSignal stop;
  private final Profile profile;
  private final Stopwatch stopwatch;
  private final int patientFrom;

  /**
   * A step.
   *
   * @param lap time of the loop's pass in which it was begun
   */
  private record UnderWay(Batch batch, PendingStep pending, RunState.Lap lap) {}

  private @Nullable UnderWay underWay;

  /** Replaced by the training thread; the watchdog reads it too. */
  private volatile RunState state;

  /** A loop that begins at {@code start}. */
  public Trainer(
      Settings settings,
      ImageData data,
      BatchReader images,
      Learner learner,
      Evaluator evaluator,
      CheckpointKeeper keeper,
      ProgressReporter progress,
      Trackers tracking,
      StopSignal stop,
      Profile profile,
      RunState start,
      int patientFrom) {
    this.settings = settings;
    this.data = data;
    this.images = images;
    this.learner = learner;
    this.evaluator = evaluator;
    this.keeper = keeper;
    this.progress = progress;
    this.tracking = tracking;
    this.stop = stop;
    this.profile = profile;
    this.stopwatch = new Stopwatch(images);
    this.state = start;
    this.patientFrom = patientFrom;
  }

  /** Where the run stands. */
  public RunState state() {
    return state;
  }

  /**
   * Trains to the end: the last epoch, or an earlier one after which nothing improves; or as far as
   * {@link #isPaused}.
   *
   * @throws StoppedException if the process was asked to end; the state can then be saved
   * @throws TrainingFailure if a step or an evaluation is not finite
   */
  public void train() throws InterruptedException, StoppedException {
    while (!isOver() && !isPaused()) {
      trainEpoch();
      evaluateEpoch();
      if (state.epochs() % settings.everyEpochs() == 0 || isOver() || isPaused()) {
        keeper.save(state);
      }
    }
    profile.ended();
  }

  private boolean isOver() {
    return state.epochs() >= settings.epochs() || stoppedEarly() != null;
  }

  /** Whether there is more to train, and it is not for this process to do. */
  public boolean isPaused() {
    Integer last = settings.run().pauseAfterEpoch();
    return last != null && state.epochs() >= last && !isOver();
  }

  /** Where early stopping ends the training, if it does by now; null: it does not. */
  public @Nullable StoppedEarly stoppedEarly() {
    EarlyStopping stopping = settings.earlyStopping();
    return stopping == null || state.epochs() >= settings.epochs()
        ? null
        : stopping.after(state.history(), patientFrom);
  }

  private void trainEpoch() throws InterruptedException, StoppedException {
    images.begin(
        data.train().shuffled(settings.seed(), state.epochs()),
        state.batches(),
        Randomness.mix(settings.seed(), state.epochs()));
    progress.begins(RunPhase.TRAINING, state);
    stopwatch.start();
    profile.begin();
    long step = state.step();
    for (Batch batch = images.next(); batch != null; batch = images.next()) {
      PendingStep begun = learner.step(batch, ++step);
      settle(false); // the device works on this step while the host reads the one before it
      underWay = new UnderWay(batch, begun, stopwatch.lap());
      profile.stepped(batch.size());
      if (stop.isRequested() || keeper.isDue()) {
        settle(true); // what is saved must be what the state says
        stop.throwIfRequested();
        keeper.save(state);
        progress.begins(RunPhase.TRAINING, state);
        stopwatch.start();
        profile.begin();
      }
    }
    settle(true);
    profile.trained(state.epochs() + 1);
  }

  /**
   * Reads how the step under way ended; only now it counts, and its batch is free.
   *
   * @param last whether no other is begun yet: then the time until it is done is its own
   */
  private void settle(boolean last) {
    UnderWay step = underWay;
    if (step == null) {
      return;
    }
    underWay = null;
    try (Batch batch = step.batch();
        PendingStep pending = step.pending()) {
      StepOutcome outcome = pending.read();
      if (!outcome.finite()) {
        throw diverged(outcome, batch.size());
      }
      RunState.Lap lap = last ? step.lap().plus(stopwatch.lap()) : step.lap();
      state =
          state
              .stepped(outcome.loss() * batch.size(), outcome.correct(), batch.size(), lap)
              .drawn(StepPoints.of(state.step() + 1, outcome, lap, learner.device()));
      tracking.stepped(state.step(), outcome);
      progress.optimized(state, outcome);
    }
    keeper.stepped(state);
    progress.stepped(state);
    tracking.moved(state);
  }

  private void evaluateEpoch() throws InterruptedException, StoppedException {
    progress.begins(RunPhase.EVALUATING, state);
    EvaluatedPart found = evaluated();
    RunState.Evaluated trained = compared(found, state.best(), false);
    RunState.Evaluated averaged = null;
    if (learner.averages()) {
      try (var scope = learner.averaged()) {
        averaged = compared(evaluated(), state.bestEma(), true);
      }
    }
    state = state.evaluated(trained, averaged, learner.learningRates(state.step()));
    keeper.writeHistory(state);
    progress.evaluated(state);
    tracking.evaluated(found, data.validation());
    tracking.evaluated(state);
  }

  /** What the weights that are in place do on validation. */
  private EvaluatedPart evaluated() throws InterruptedException, StoppedException {
    int epoch = state.epochs() + 1;
    EvaluatedPart found = evaluator.evaluate(data.validation(), data.validationSplit(), epoch);
    Metrics metrics = found.figures();
    if (!Double.isFinite(metrics.loss())) {
      throw new TrainingFailure(
          ExitCode.DIVERGED,
          "Diverged",
          "after epoch %d the loss on the %s images is not finite; lower the learningRate%s"
              .formatted(
                  epoch,
                  metrics.split().name().toLowerCase(Locale.ROOT),
                  ofFewImages(data.train().count() % settings.batchSize())),
          null);
    }
    return found;
  }

  /** With the best since the beginning. */
  private RunState.Evaluated compared(
      EvaluatedPart found, RunState.@Nullable Best best, boolean averaged) {
    Metrics metrics = found.figures();
    return new RunState.Evaluated(
        metrics,
        best != null && !settings.selectBy().isBetter(metrics, best.metrics())
            ? best
            : new RunState.Best(
                metrics,
                settings.selectBest() ? keeper.saveBest(metrics.epoch(), averaged) : null));
  }

  /**
   * What helps, where an epoch's last batch is too small for batch norm: over two images it divides
   * by next to nothing, and gradients explode, in PyTorch too.
   *
   * @param images of the batch that was trained on
   */
  private String ofFewImages(int images) {
    return learner.hasBatchNorm() && images > 1 && images <= FEW && images < settings.batchSize()
        ? "; the epoch's last batch has only %d images, too few for batch norm: set training.batchSize, or dataset.limit.train, so that the %d images to train on leave no such rest"
            .formatted(images, data.train().count())
        : "";
  }

  private TrainingFailure diverged(StepOutcome outcome, int images) {
    var groups = new StringJoiner(", ");
    for (GroupStep group : outcome.groups()) {
      groups.add(
          String.format(
              Locale.ROOT,
              "%s: learning rate %.3g, gradient norm %.3g",
              group.group(),
              group.learningRate(),
              group.gradientNorm()));
    }
    return new TrainingFailure(
        ExitCode.DIVERGED,
        "Diverged",
        String.format(
            Locale.ROOT,
            "step %d (epoch %d) has the training loss %s (%s); lower the learningRate, or set"
                + " training.maxGradNorm%s",
            state.step() + 1,
            state.epochs() + 1,
            outcome.loss(),
            groups,
            // after the last batch of an epoch it shows in the next one's first
            ofFewImages(
                state.batches() == 0 && state.epochs() > 0
                    ? data.train().count() % settings.batchSize()
                    : images)),
        null);
  }
}
