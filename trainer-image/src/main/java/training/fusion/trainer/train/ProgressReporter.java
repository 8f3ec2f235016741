package training.fusion.trainer.train;

import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunPhase;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.checkpoint.HistoryRow;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.optim.StepOutcome;
import training.fusion.trainer.optim.SwatsFigures;
import training.fusion.trainer.process.Watchdog;
import training.fusion.trainer.report.ProgressListener;
import training.fusion.trainer.report.Rounded;

/** Tells people, the operator and the watchdog that the run goes on. */
public final class ProgressReporter implements Evaluator.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(ProgressReporter.class);

  private final int epochs;
  private final BatchPlan plan;
  private final @Nullable ProgressListener listener;
  private final Watchdog watchdog;
  private final @Nullable Long resumedFromStep;
  private final @Nullable ClassesWithoutPictures classesWithoutPictures;
  private final TimeLeft timeLeft;

  private volatile @Nullable SavedCheckpoint checkpoint;
  private volatile @Nullable Long swatsSwitchStep;
  private long imagesBefore;

  /** One that has told nothing yet. */
  public ProgressReporter(
      int epochs,
      BatchPlan plan,
      TimeLeft timeLeft,
      @Nullable ProgressListener listener,
      Watchdog watchdog,
      @Nullable SavedCheckpoint resumedFrom,
      @Nullable ClassesWithoutPictures classesWithoutPictures) {
    this.epochs = epochs;
    this.plan = plan;
    this.timeLeft = timeLeft;
    this.listener = listener;
    this.watchdog = watchdog;
    this.checkpoint = resumedFrom;
    this.classesWithoutPictures = classesWithoutPictures;
    this.resumedFromStep = resumedFrom == null ? null : resumedFrom.step();
  }

  /** The newest checkpoint. */
  public @Nullable SavedCheckpoint checkpoint() {
    return checkpoint;
  }

  /** The step that was Adam's last in SWATS; null with another strategy, and before it. */
  public @Nullable Long swatsSwitchStep() {
    return swatsSwitchStep;
  }

  /** Where SWATS stands when this pod begins; null with another strategy. */
  public void begins(@Nullable SwatsFigures swats) {
    swatsSwitchStep = swats == null ? null : swats.switchStep();
  }

  /** The run is at something else. */
  public void begins(RunPhase phase, RunState state) {
    timeLeft.begin(phase);
    // others come again and again
    post(state, phase == RunPhase.TESTING);
  }

  @Override
  public void evaluated(long images, double seconds) {
    timeLeft.evaluated(images, seconds);
  }

  /** Something was done. */
  @Override
  public void moved(String activity) {
    watchdog.moved(activity);
  }

  /** A step was done. */
  void stepped(RunState state) {
    moved("step %d, epoch %d".formatted(state.step() + 1, state.epochs() + 1));
    timeLeft.stepped((int) (state.sums().images() - imagesBefore));
    imagesBefore = state.sums().images();
    post(state, false);
  }

  /** The numbers of a step were read. */
  void optimized(RunState state, StepOutcome outcome) {
    SwatsFigures swats = outcome.swats();
    if (swats != null && Objects.equals(swats.switchStep(), state.step())) {
      swatsSwitchStep = swats.switchStep();
      LOG.info(
          String.format(
              Locale.ROOT,
              "SWATS: Adam ends with step %d, SGD goes on with rate Λ = %.6g (γ = %.6g)",
              state.step(),
              swats.lambda(),
              swats.gamma()));
    }
  }

  /** An epoch was evaluated. */
  void evaluated(RunState state) {
    imagesBefore = 0;
    HistoryRow row = state.history().get(state.history().size() - 1);
    Metrics metrics = row.evaluation();
    LOG.info(
        String.format(
            Locale.ROOT,
            "epoch %d of %d: training loss %.4f, accuracy %.4f; %s loss %.4f, accuracy %.4f, F1"
                + " %.4f; %.1f s, %.1f images/s, %.1f %% of it waiting for images",
            row.epoch(),
            epochs,
            row.trainLoss(),
            row.trainAccuracy(),
            metrics.split().name().toLowerCase(Locale.ROOT),
            metrics.loss(),
            metrics.accuracy(),
            metrics.f1(),
            row.seconds(),
            row.imagesPerSecond(),
            100 * row.inputWait()));
    Metrics ema = row.ema();
    if (ema != null) {
      LOG.info(
          String.format(
              Locale.ROOT,
              "epoch %d of %d, averaged weights: %s loss %.4f, accuracy %.4f, F1 %.4f",
              row.epoch(),
              epochs,
              ema.split().name().toLowerCase(Locale.ROOT),
              ema.loss(),
              ema.accuracy(),
              ema.f1()));
    }
    post(state, true);
  }

  /** A checkpoint was saved. */
  void saved(RunState state, SavedCheckpoint saved) {
    checkpoint = saved;
    timeLeft.saved(state.epochs());
    moved("saved " + saved.path());
    post(state, false);
  }

  /** All epochs are trained: whoever missed the last report has it now. */
  public void finished(RunState state) {
    post(state, true);
  }

  private void post(RunState state, boolean urgent) {
    if (listener == null) {
      return;
    }
    Double imagesPerSecond = toATenth(timeLeft.imagesPerSecond());
    long steps = (long) epochs * plan.batches();
    SavedCheckpoint saved = checkpoint;
    Long remaining = timeLeft.seconds(state.epochs(), state.sums().images());
    RunPhase phase = timeLeft.phase();
    LongFunction<ProgressReport> report =
        sequence ->
            new ProgressReport(
                RunConfiguration.CONTRACT_VERSION,
                sequence,
                Math.min(state.epochs() + 1, epochs),
                epochs,
                state.step(),
                steps,
                imagesPerSecond,
                remaining,
                Rounded.of(state.newest()),
                state.best() == null ? null : Rounded.of(state.best().metrics()),
                saved,
                resumedFromStep,
                history(state),
                classesWithoutPictures,
                phase);
    if (urgent) {
      listener.offerUrgent(report);
    } else {
      listener.offer(report);
    }
  }

  private static @Nullable List<HistoryPoint> history(RunState state) {
    List<HistoryPoint> points = state.history().stream().map(HistoryRow::toPoint).toList();
    return points.isEmpty() ? null : Rounded.history(points, ProgressReport.MOST_EPOCHS);
  }

  /** The last report of a run that was trained to its end before. */
  public static ProgressReport of(RunResult finished, long sequence) {
    List<HistoryPoint> history = finished.history();
    return new ProgressReport(
        RunConfiguration.CONTRACT_VERSION,
        sequence,
        finished.epoch(),
        finished.epoch(),
        finished.step(),
        finished.step(),
        toATenth(finished.imagesPerSecond()),
        null,
        Rounded.of(finished.validation()),
        Rounded.of(finished.best()),
        finished.checkpoint(),
        finished.step(),
        history == null ? null : Rounded.history(history, ProgressReport.MOST_EPOCHS),
        finished.classesWithoutPictures(),
        null);
  }

  /** Enough for {@code kubectl get -o wide}, which shows a number as it is. */
  private static @Nullable Double toATenth(@Nullable Double speed) {
    return speed == null ? null : Math.round(speed * 10) / 10.0;
  }
}
