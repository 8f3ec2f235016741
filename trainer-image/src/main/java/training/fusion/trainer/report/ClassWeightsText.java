package training.fusion.trainer.report;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import training.fusion.trainer.label.ClassNames;

/** The classes' weights in a line: of many classes, the extremes. */
public final class ClassWeightsText {
  private static final int MOST_LISTED = 10;

  private ClassWeightsText() {}

  /**
   * Such as {@code from 0.0011 (cat) to 91 (dog), of 10000 classes}.
   *
   * @param weights one for each class
   * @param classes names, in the same order
   */
  public static String of(List<Double> weights, List<String> classes) {
    List<Integer> falling =
        IntStream.range(0, weights.size())
            .boxed()
            .sorted(Comparator.comparing((Integer c) -> weights.get(c)).reversed())
            .toList();
    if (falling.size() <= MOST_LISTED) {
      return falling.stream()
          .map(c -> "%s: %s".formatted(ClassNames.told(classes.get(c)), figure(weights.get(c))))
          .collect(Collectors.joining(", "));
    }
    int most = falling.get(0);
    int least = falling.get(falling.size() - 1);
    return "from %s (%s) to %s (%s), of %d classes"
        .formatted(
            figure(weights.get(least)),
            ClassNames.told(classes.get(least)),
            figure(weights.get(most)),
            ClassNames.told(classes.get(most)),
            weights.size());
  }

  private static String figure(double weight) {
    return String.format(Locale.ROOT, "%.4g", weight);
  }
}
