package training.fusion.operator.sweep.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweepStatus.MeanDeviation;

/** Figures as people read them; what is absent is a dash. */
final class FormattedFigures {
  static final String NONE = "–";
  private static final int BRIEF = 96;

  private FormattedFigures() {}

  /** A fraction of images in percent, {@code 93.85 ± 0.14}. */
  static String percent(@Nullable MeanDeviation value) {
    return value == null ? NONE : percent(value.mean(), value.std());
  }

  /** {@code 93.85}, or {@code 93.85 ± 0.14}. */
  static String percent(double mean, @Nullable Double deviation) {
    return plusMinus("%.2f", 100 * mean, deviation == null ? null : 100 * deviation);
  }

  /** A loss, {@code 0.2399 ± 0.0041}. */
  static String loss(@Nullable MeanDeviation value) {
    return value == null ? NONE : loss(value.mean(), value.std());
  }

  /** {@code 0.2399}, or {@code 0.2399 ± 0.0041}. */
  static String loss(double mean, @Nullable Double deviation) {
    return plusMinus("%.4f", mean, deviation);
  }

  /** A difference of percentages, {@code +0.12}. */
  static String points(double difference) {
    return signed("%+.2f", 100 * difference);
  }

  /** A difference of losses, {@code −0.0123}. */
  static String lossDifference(double difference) {
    return signed("%+.4f", difference);
  }

  /** A share of parameters, {@code 73.8 %}. */
  static String share(@Nullable Double share) {
    return share == null ? NONE : format("%.1f %%", 100 * share);
  }

  /** A probability, {@code 0.0313}. */
  static String probability(double p) {
    return p < 1e-4 ? "< 0.0001" : format("%.4f", p);
  }

  /** A difference and where it lies with 95 % confidence, {@code +0.12 (−0.05 … +0.29)}. */
  static String interval(PairedDifference difference) {
    Double margin = difference.margin();
    double mean = difference.mean();
    return margin == null
        ? points(mean)
        : "%s (%s … %s)".formatted(points(mean), points(mean - margin), points(mean + margin));
  }

  /** A failure's message, which may be long. */
  static String brief(@Nullable String message) {
    if (message == null) {
      return NONE;
    }
    return message.length() <= BRIEF ? message : message.substring(0, BRIEF - 1) + "…";
  }

  private static String plusMinus(String form, double mean, @Nullable Double deviation) {
    return format(form, mean) + (deviation == null ? "" : " ± " + format(form, deviation));
  }

  private static String signed(String form, double value) {
    return format(form, value).replace('-', '−');
  }

  private static String format(String form, double value) {
    return String.format(Locale.ROOT, form, value);
  }
}
