package training.fusion.trainer.model;

/** Outputs in evaluation mode. */
public final class Evaluation {
  private final float[] logits;
  private final double lossSum;
  private final int classes;

  Evaluation(float[] logits, double lossSum, int classes) {
    this.logits = logits;
    this.lossSum = lossSum;
    this.classes = classes;
  }

  /** Number of images. */
  public int images() {
    return logits.length / classes;
  }

  /** The network's output for an image and a class. */
  public float logit(int image, int classIndex) {
    return logits[image * classes + classIndex];
  }

  /** Cross-entropy summed over the images, without label smoothing. */
  public double lossSum() {
    return lossSum;
  }

  /** How many classes are before this one by their logits; of equal ones the first is. */
  public int rank(int image, int classIndex) {
    float own = logit(image, classIndex);
    int before = 0;
    for (int c = 0; c < classes; c++) {
      float other = logit(image, c);
      before += other > own || (other == own && c < classIndex) ? 1 : 0;
    }
    return before;
  }

  /** The class with the highest logit, the first of equals. */
  public int predicted(int image) {
    int best = 0;
    for (int c = 1; c < classes; c++) {
      if (logit(image, c) > logit(image, best)) {
        best = c;
      }
    }
    return best;
  }
}
