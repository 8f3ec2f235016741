package training.fusion.trainer.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.LongStream;

/**
 * What is kept of an epoch's confusion matrix: of few classes all of it, of many the largest
 * mistakes, so that an epoch takes 20 kB at most. Of more classes than a picture has rows,
 * neighbours share one.
 *
 * @param classes how many there are
 * @param grouped classes that share a row, at most; 1: each has its own
 * @param images of each row
 * @param right images of each row that were taken for their own class
 * @param label true class of each mistake: those of most images first, among equals those of the
 *     largest share of their class
 * @param prediction what its images were taken for
 * @param count its images
 * @param mistakesLeftOut pairs of classes that were mistaken, too
 * @param imagesLeftOut their images
 */
public record MatrixSummary(
    int classes,
    int grouped,
    List<Long> images,
    List<Long> right,
    List<Integer> label,
    List<Integer> prediction,
    List<Long> count,
    int mistakesLeftOut,
    long imagesLeftOut) {
  /** Rows of a picture. */
  public static final int MOST_ROWS = 250;

  private static final int MOST_MISTAKES = 1000;

  public MatrixSummary {
    images = List.copyOf(images);
    right = List.copyOf(right);
    label = List.copyOf(label);
    prediction = List.copyOf(prediction);
    count = List.copyOf(count);
    boolean asLong = label.size() == count.size() && prediction.size() == count.size();
    if (!asLong || images.size() != right.size() || classes < 1 || grouped < 1) {
      throw new IllegalArgumentException("no columns of one length");
    }
  }

  private record Mistake(int label, int prediction, long count, double share) {}

  /** How many classes share a row, at most. */
  public static int grouped(int classes) {
    return Math.max(1, (classes + MOST_ROWS - 1) / MOST_ROWS);
  }

  /** Of a matrix. */
  public static MatrixSummary of(ConfusionMatrix matrix) {
    int grouped = grouped(matrix.classes());
    long[] images = new long[(matrix.classes() + grouped - 1) / grouped];
    long[] right = new long[images.length];
    List<Mistake> mistakes = new ArrayList<>();
    matrix.forEach(
        (label, prediction, count) -> {
          images[label / grouped] += count;
          if (label == prediction) {
            right[label / grouped] += count;
          } else {
            mistakes.add(
                new Mistake(label, prediction, count, (double) count / matrix.images(label)));
          }
        });
    // the order of the classes for what is equal in both
    mistakes.sort(
        Comparator.comparingLong(Mistake::count).thenComparingDouble(Mistake::share).reversed());
    List<Mistake> kept = mistakes.subList(0, Math.min(MOST_MISTAKES, mistakes.size()));
    return new MatrixSummary(
        matrix.classes(),
        grouped,
        LongStream.of(images).boxed().toList(),
        LongStream.of(right).boxed().toList(),
        kept.stream().map(Mistake::label).toList(),
        kept.stream().map(Mistake::prediction).toList(),
        kept.stream().map(Mistake::count).toList(),
        mistakes.size() - kept.size(),
        mistakes.stream().skip(kept.size()).mapToLong(Mistake::count).sum());
  }

  /** With so many of the mistakes at most. */
  public MatrixSummary shortened(int most) {
    int kept = Math.min(most, count.size());
    return new MatrixSummary(
        classes,
        grouped,
        images,
        right,
        label.subList(0, kept),
        prediction.subList(0, kept),
        count.subList(0, kept),
        mistakesLeftOut + count.size() - kept,
        imagesLeftOut + count.stream().skip(kept).mapToLong(Long::longValue).sum());
  }
}
