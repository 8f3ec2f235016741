package training.fusion.trainer.checkpoint;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.safetensors.FileDigest;

/**
 * Where a run stands, tensors aside. Randomness needs no state: it follows from the seed and the
 * step.
 *
 * @param epochs completed
 * @param batches done in the epoch after those
 * @param step steps done in the whole run
 * @param sums over the batches done in the unfinished epoch
 * @param best the epoch to be chosen if none after it is better; absent before the first
 * @param bestEma the same of the averaged weights; absent without an average
 * @param history one row per completed epoch
 * @param steps all steps as a curve; absent in those of older trainers
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunState(
    int epochs,
    int batches,
    long step,
    EpochSums sums,
    @Nullable Best best,
    @Nullable Best bestEma,
    List<HistoryRow> history,
    StepCurve steps) {
  public RunState {
    history = List.copyOf(history);
    steps = Objects.requireNonNullElse(steps, StepCurve.NONE);
    Objects.requireNonNull(sums, "sums");
    boolean lacksHistory = epochs > 0 && history.isEmpty();
    if (epochs < 0 || batches < 0 || step < 0 || lacksHistory) {
      throw new IllegalArgumentException(
          "%d epochs, %d batches, %d steps and %d rows of history are no state of a run"
              .formatted(epochs, batches, step, history.size()));
    }
  }

  /** A run before its first step. */
  public static RunState initial() {
    return new RunState(0, 0, 0, EpochSums.NONE, null, null, List.of(), StepCurve.NONE);
  }

  /** After one more step. */
  public RunState stepped(double lossSum, long correct, int images, Lap lap) {
    var more =
        new EpochSums(
            sums.loss + lossSum,
            sums.correct + correct,
            sums.images + images,
            sums.seconds + lap.seconds,
            sums.secondsWaited + lap.secondsWaited);
    return new RunState(epochs, batches + 1, step + 1, more, best, bestEma, history, steps);
  }

  /** With the newest step in the curve. */
  public RunState drawn(StepPoint newest) {
    return new RunState(epochs, batches, step, sums, best, bestEma, history, steps.with(newest));
  }

  /**
   * After the evaluation that ends an epoch.
   *
   * @param ema of the averaged weights; null without an average
   */
  public RunState evaluated(
      Evaluated trained, @Nullable Evaluated ema, List<Double> learningRates) {
    var row =
        new HistoryRow(
            epochs + 1,
            step,
            sums.loss / sums.images,
            (double) sums.correct / sums.images,
            learningRates,
            trained.metrics(),
            ema == null ? null : ema.metrics(),
            sums.seconds,
            sums.images / sums.seconds,
            sums.secondsWaited / sums.seconds);
    var rows = new ArrayList<>(history);
    rows.add(row);
    return new RunState(
        epochs + 1,
        0,
        step,
        EpochSums.NONE,
        trained.best(),
        ema == null ? null : ema.best(),
        rows,
        steps);
  }

  /** The newest evaluation. */
  @JsonIgnore
  public @Nullable Metrics newest() {
    return history.isEmpty() ? null : history.get(history.size() - 1).evaluation();
  }

  /** The files of best weights that belong to this state. */
  @JsonIgnore
  public List<Weights> bestWeights() {
    return Stream.of(Optional.ofNullable(best), Optional.ofNullable(bestEma))
        .flatMap(Optional::stream)
        .map(Best::weights)
        .filter(Objects::nonNull)
        .toList();
  }

  /**
   * Time of a step.
   *
   * @param secondsWaited part of it that input was waited for
   */
  public record Lap(double seconds, double secondsWaited) {
    /** Both together. */
    public Lap plus(Lap other) {
      return new Lap(seconds + other.seconds, secondsWaited + other.secondsWaited);
    }
  }

  /**
   * What an epoch adds up.
   *
   * @param loss sum over images
   * @param secondsWaited part of seconds that input was waited for
   */
  public record EpochSums(
      double loss, long correct, long images, double seconds, double secondsWaited) {
    public static final EpochSums NONE = new EpochSums(0, 0, 0, 0, 0);
  }

  /**
   * What an epoch's evaluation found.
   *
   * @param best of all epochs so far, this one included
   */
  public record Evaluated(Metrics metrics, Best best) {}

  /**
   * The best epoch so far.
   *
   * @param weights absent if the last epoch is to be chosen
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Best(Metrics metrics, @Nullable Weights weights) {
    public Best {
      Objects.requireNonNull(metrics, "metrics");
    }
  }

  /**
   * A model's weights in the run's folder.
   *
   * @param file name in that folder
   */
  public record Weights(String file, FileDigest digest) {
    private static final Pattern NAME = Pattern.compile("best-(?:ema-)?\\d{1,9}\\.safetensors");

    public Weights {
      Objects.requireNonNull(digest, "digest");
      if (!isName(file)) {
        throw new IllegalArgumentException(file + " is no name of best weights");
      }
    }

    /** Whether a file is called so: never one of another folder. */
    static boolean isName(String file) {
      return NAME.matcher(file).matches();
    }
  }
}
