package training.fusion.trainer.batch;

import training.fusion.trainer.TrainingFailure;

/**
 * How a number of images is cut into batches: full ones, then what is left, unless that is too
 * small for batch norm.
 *
 * @param images how many there are
 * @param batchSize images of a full batch
 * @param smallestBatch a last batch below this is left out
 */
public record BatchPlan(int images, int batchSize, int smallestBatch) {
  /**
   * A plan with at least one batch.
   *
   * @throws TrainingFailure if no batch would be large enough
   */
  public static BatchPlan of(int images, int batchSize, int smallestBatch) {
    if (batchSize < smallestBatch) {
      throw TrainingFailure.badConfiguration(
          "training.batchSize is %d, but batch norm needs at least %d images"
              .formatted(batchSize, smallestBatch));
    }
    var plan = new BatchPlan(images, batchSize, smallestBatch);
    if (plan.batches() == 0) {
      throw TrainingFailure.badData(
          "there are %d image(s) to train on, but batch norm needs at least %d; lower dataset.split or raise dataset.limit.train"
              .formatted(images, smallestBatch));
    }
    return plan;
  }

  /** Batches of one pass. */
  public int batches() {
    int rest = images % batchSize;
    return images / batchSize + (rest >= smallestBatch ? 1 : 0);
  }

  /** Images that no batch has. */
  public int leftOut() {
    int rest = images % batchSize;
    return rest < smallestBatch ? rest : 0;
  }

  /** Images of a batch, counted from 0. */
  public int sizeOf(int batch) {
    return Math.min(batchSize, images - batch * batchSize);
  }
}
