package training.fusion.trainer.train;

import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunPhase;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.data.ImageData;

/**
 * How long a run takes yet: its steps, evaluations, checkpoints and the test in the end, each by
 * what the newest of its kind took. For one thread.
 */
public final class TimeLeft {
  /** A pass without gradients takes about a third of a training step's time. */
  private static final double OF_A_STEP = 1 / 3.0;

  /**
   * What a run has to do.
   *
   * @param trained images of an epoch
   * @param evaluated images that are evaluated after each epoch, once for each kind of weights
   * @param everyEpochs epochs from checkpoint to checkpoint
   * @param everyMinutes that are trained from checkpoint to checkpoint within an epoch; null: none
   * @param tested images that are evaluated in the end
   * @param models that are written in the end
   */
  record Work(
      int epochs,
      long trained,
      long evaluated,
      int everyEpochs,
      @Nullable Integer everyMinutes,
      long tested,
      int models) {}

  private final Work work;
  private final LongSupplier clock;
  private final Speed speed = new Speed();

  private RunPhase phase = RunPhase.LOADING;
  private long since;
  private int lastSaved = -1;

  // seconds that the newest took; null: there was none yet
  private @Nullable Double evaluation;
  private @Nullable Double checkpoint;
  private @Nullable Double imageEvaluated;

  /**
   * For a run that is to begin.
   *
   * @param clock in nanoseconds
   */
  TimeLeft(Work work, LongSupplier clock) {
    this.work = work;
    this.clock = clock;
    since = clock.getAsLong();
  }

  /** For a run that is to begin now. */
  public static TimeLeft of(Settings settings, ImageData data, BatchPlan plan) {
    int models = settings.ema() == null ? 1 : 2;
    long validation = data.validation().count();
    return new TimeLeft(
        new Work(
            settings.epochs(),
            plan.images(),
            models * validation,
            settings.everyEpochs(),
            settings.everyMinutes(),
            models * (data.test().count() + (data.validatesOnTest() ? 0 : validation)),
            models),
        System::nanoTime);
  }

  /** What the run is at. */
  RunPhase phase() {
    return phase;
  }

  /** Another phase begins, and so the one before has ended. */
  void begin(RunPhase next) {
    long now = clock.getAsLong();
    double took = (now - since) / 1e9;
    if (phase == RunPhase.EVALUATING) {
      evaluation = took;
    } else if (phase == RunPhase.SAVING) {
      checkpoint = took;
    }
    phase = next;
    since = now;
    speed.pause();
  }

  /** So many images were trained on. */
  void stepped(int images) {
    speed.add(images, clock.getAsLong());
  }

  /** So many images were evaluated, which took so many seconds. */
  void evaluated(long images, double seconds) {
    imageEvaluated = seconds / Math.max(1, images);
  }

  /** The state after so many epochs is saved. */
  void saved(int epochs) {
    lastSaved = epochs;
  }

  /** Training speed; null before the second step. */
  @Nullable Double imagesPerSecond() {
    return speed.imagesPerSecond();
  }

  /**
   * Seconds to the end, from the beginning of the present phase if that is no training.
   *
   * @param epochs that are trained and evaluated
   * @param images trained on in the one after
   * @return null before the second step
   */
  @Nullable Long seconds(int epochs, long images) {
    Double imagesPerSecond = speed.imagesPerSecond();
    if (imagesPerSecond == null) {
      return null;
    }
    double perImage = imageEvaluated != null ? imageEvaluated : OF_A_STEP / imagesPerSecond;
    int left = work.epochs - epochs;
    double training = Math.max(0, (long) left * work.trained - images) / imagesPerSecond;
    double perEvaluation = evaluation != null ? evaluation : work.evaluated * perImage;
    double perCheckpoint = checkpoint != null ? checkpoint : 0;
    double test = work.tested * perImage + work.models * perCheckpoint;
    return Math.round(
        training + left * perEvaluation + checkpoints(epochs, training) * perCheckpoint + test);
  }

  private double checkpoints(int epochs, double trainingSeconds) {
    int next = Math.max(epochs, lastSaved + 1);
    int done = Math.max(1, next) - 1;
    int regular = work.epochs / work.everyEpochs - done / work.everyEpochs;
    boolean last = work.epochs % work.everyEpochs != 0 && lastSaved < work.epochs;
    double within = work.everyMinutes == null ? 0 : trainingSeconds / 60 / work.everyMinutes;
    return Math.max(0, regular) + (last ? 1 : 0) + within;
  }
}
