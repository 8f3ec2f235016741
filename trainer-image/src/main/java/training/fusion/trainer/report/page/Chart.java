package training.fusion.trainer.report.page;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A plot of figures over epochs.
 *
 * @param title what is plotted, and the plot's name in the page
 * @param logarithmic whether the vertical axis is
 * @param series the curves
 */
public record Chart(String title, boolean logarithmic, List<Series> series) {

  /**
   * A curve.
   *
   * @param look names its colour and dash in the page's style: train, held-out, second, average,
   *     low, high
   * @param values one per epoch, null where there is none
   */
  public record Series(String name, String look, List<@Nullable Double> values) {
    static Series of(String name, String look, double[] values) {
      List<@Nullable Double> list =
          Arrays.stream(values)
              .mapToObj(value -> Double.isFinite(value) ? (Double) value : null)
              .collect(Collectors.toList());
      return new Series(name, look, list);
    }

    private String inWords() {
      int last = values.size() - 1;
      if (last == 0) {
        return "%s is %s".formatted(name, number(values.get(0)));
      }
      return "%s goes from %s to %s"
          .formatted(name, number(values.get(0)), number(values.get(last)));
    }

    private static String number(@Nullable Double value) {
      return value == null ? "no figure" : String.format(Locale.ROOT, "%.4g", value);
    }
  }

  /** What a person hears who does not see the plot. */
  public String inWords() {
    int epochs = series.get(0).values().size();
    return "%s, %s: %s."
        .formatted(
            title,
            epochs == 1 ? "after one epoch" : "over %d epochs".formatted(epochs),
            series.stream().map(Series::inWords).collect(Collectors.joining("; ")));
  }
}
