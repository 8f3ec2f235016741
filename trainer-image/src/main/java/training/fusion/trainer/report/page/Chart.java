package training.fusion.trainer.report.page;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A plot of figures over epochs or steps.
 *
 * @param title what is plotted, and the plot's name in the page
 * @param series the curves
 */
public record Chart(String title, Scale scale, List<Series> series) {

  /** The vertical axis. */
  public enum Scale {
    LINEAR,
    LOGARITHMIC,
    /**
     * Logarithmic, and no longer than two decades below the curves' peaks: a schedule may fall to
     * almost nothing at its end.
     */
    PEAKS
  }

  /**
   * A curve.
   *
   * @param look names its colour and dash in the page's style: train, held-out, second, average,
   *     low, high
   * @param values one per place, null where there is none
   */
  public record Series(String name, String look, List<@Nullable Double> values) {
    static Series of(String name, String look, double[] values) {
      List<@Nullable Double> list =
          Arrays.stream(values)
              .mapToObj(value -> Double.isFinite(value) ? (Double) value : null)
              .collect(Collectors.toList());
      return new Series(name, look, list);
    }

    /** Whether it has any value. */
    boolean isDrawn() {
      return values.stream().anyMatch(Objects::nonNull);
    }

    private String inWords() {
      List<Double> drawn = values.stream().filter(Objects::nonNull).toList();
      if (drawn.size() < 2) {
        return "%s is %s".formatted(name, drawn.isEmpty() ? "no figure" : number(drawn.get(0)));
      }
      return "%s goes from %s to %s"
          .formatted(name, number(drawn.get(0)), number(drawn.get(drawn.size() - 1)));
    }

    private static String number(double value) {
      return String.format(Locale.ROOT, "%.4g", value);
    }
  }

  /**
   * What a person hears who does not see the plot.
   *
   * @param extent such as {@code over 3 epochs}
   */
  String inWords(String extent) {
    return "%s, %s: %s."
        .formatted(
            title, extent, series.stream().map(Series::inWords).collect(Collectors.joining("; ")));
  }
}
