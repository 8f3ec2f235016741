package training.fusion.trainer.checkpoint;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunResult;

/**
 * One epoch, as it is kept in the history.
 *
 * @param epoch from 1
 * @param step steps of the whole run at its end
 * @param trainLoss training loss, mean over the epoch's images, each as its step saw it
 * @param trainAccuracy fraction of the epoch's images classified correctly, likewise
 * @param learningRates of the epoch's last step, one per group of parameters
 * @param evaluation at its end, on validation (or test, if there is no validation part)
 * @param ema the same of the averaged weights; absent without an average
 * @param seconds spent in its training steps, in all pods together
 * @param imagesPerSecond trained in that time
 * @param inputWait fraction of that time spent waiting for images
 */
public record HistoryRow(
    int epoch,
    long step,
    double trainLoss,
    double trainAccuracy,
    List<Double> learningRates,
    Metrics evaluation,
    @Nullable Metrics ema,
    double seconds,
    double imagesPerSecond,
    double inputWait) {
  public HistoryRow {
    learningRates = List.copyOf(learningRates);
    Objects.requireNonNull(evaluation, "evaluation");
  }

  /** The same epoch as the result tells it. */
  public RunResult.HistoryPoint toPoint() {
    return new RunResult.HistoryPoint(
        epoch, trainLoss, evaluation.accuracy(), evaluation.loss(), evaluation.f1());
  }
}
