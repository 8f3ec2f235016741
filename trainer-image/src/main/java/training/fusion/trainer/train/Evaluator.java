package training.fusion.trainer.train;

import java.util.List;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.batch.BatchReader;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.process.StoppedException;
import training.fusion.trainer.report.ConfusionCounter;
import training.fusion.trainer.report.DetailedMetrics;
import training.fusion.trainer.report.EvaluatedPart;

/** Evaluates the present weights on a part of the data, image by image in a fixed order. */
public final class Evaluator {
  private final Model model;
  private final Listener progress;
  private final StopSignal stop;
  private final int batchSize;
  private final int classes;

  /** Whoever follows. */
  @FunctionalInterface
  public interface Listener {
    /** Something was done. */
    void moved(String activity);

    /** So many images were evaluated, which took so many seconds. */
    default void evaluated(long images, double seconds) {}
  }

  /** Weights on a device. */
  public interface Model {
    /** Cross-entropy summed over a batch, each image of which is counted by the counter. */
    double evaluate(Batch batch, ConfusionCounter counter);
  }

  /**
   * @param progress told what is under way
   */
  public Evaluator(Model model, Listener progress, StopSignal stop, int batchSize, int classes) {
    this.model = model;
    this.progress = progress;
    this.stop = stop;
    this.batchSize = batchSize;
    this.classes = classes;
  }

  /**
   * Evaluates.
   *
   * @param epoch whose weights these are, from 1
   * @throws StoppedException if the process was asked to end
   */
  EvaluatedPart evaluate(Part part, Metrics.Split split, int epoch)
      throws InterruptedException, StoppedException {
    return evaluate(List.of(part), split, epoch);
  }

  /** As for one part, of all the parts' images together. */
  EvaluatedPart evaluate(List<Part> parts, Metrics.Split split, int epoch)
      throws InterruptedException, StoppedException {
    var counter = new ConfusionCounter(classes);
    long start = System.nanoTime();
    double lossSum = 0;
    for (Part part : parts) {
      lossSum += add(part, epoch, counter);
    }
    progress.evaluated(
        parts.stream().mapToLong(Part::count).sum(), (System.nanoTime() - start) / 1e9);
    return new EvaluatedPart(
        DetailedMetrics.of(split, epoch, lossSum, counter), counter.worst().sorted());
  }

  /** Counts a part's images by the counter; the sum of their losses. */
  private double add(Part part, int epoch, ConfusionCounter counter)
      throws InterruptedException, StoppedException {
    double lossSum = 0;
    // batch norm uses its running statistics here, so a last batch of one image is good enough
    try (var images = new BatchReader(part, BatchPlan.of(part.count(), batchSize, 1))) {
      images.begin(part.inOrder(), 0);
      for (Batch batch = images.next(); batch != null; batch = images.next()) {
        lossSum += model.evaluate(batch, counter);
        batch.close();
        progress.moved("evaluation after epoch " + epoch);
        stop.throwIfRequested();
      }
    }
    return lossSum;
  }
}
