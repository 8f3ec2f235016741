package training.fusion.trainer.report;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.label.ClassNames;
import training.fusion.trainer.report.ConfusionMatrix.ClassFigures;

/** What an evaluation found, in full: a part of {@code metrics.json}. */
@JsonPropertyOrder({"figures", "classes", "confusionMatrix"})
public record DetailedMetrics(Metrics figures, ConfusionMatrix confusionMatrix) {
  private static final int MOST_NAMED = 10;

  public DetailedMetrics {
    Objects.requireNonNull(figures, "figures");
    Objects.requireNonNull(confusionMatrix, "confusionMatrix");
  }

  /** The headline figures and the matrix that they follow from. */
  public static DetailedMetrics of(
      Metrics.Split split, int epoch, double lossSum, ConfusionCounter counter) {
    ConfusionMatrix matrix = counter.matrix();
    return new DetailedMetrics(counter.metrics(matrix, split, epoch, lossSum), matrix);
  }

  /** Each class's figures, a column for each; written for readers, and never read back. */
  @JsonProperty(value = "classes", access = JsonProperty.Access.READ_ONLY)
  Map<String, Object> columns() {
    Map<String, Object> columns = new LinkedHashMap<>();
    columns.put("precision", column(ClassFigures::precision));
    columns.put("recall", column(ClassFigures::recall));
    columns.put("f1", column(ClassFigures::f1));
    columns.put("support", labels().mapToLong(confusionMatrix::images).toArray());
    return columns;
  }

  private double[] column(ToDoubleFunction<ClassFigures> figure) {
    return labels().mapToObj(confusionMatrix::of).mapToDouble(figure).toArray();
  }

  private IntStream labels() {
    return IntStream.range(0, confusionMatrix.classes());
  }

  /**
   * Which classes no image is of, in a sentence with what that means for the figures.
   *
   * @param names of the classes, in their order
   * @return empty if there is an image of each
   */
  public String absent(List<String> names) {
    List<String> absent =
        labels()
            .filter(label -> confusionMatrix.images(label) == 0)
            .mapToObj(names::get)
            .map(ClassNames::told)
            .toList();
    if (absent.isEmpty()) {
      return "";
    }
    return "%d of %d classes had no picture (%s%s); macro averages are over the %d that occur among pictures or predictions, as scikit-learn's are"
        .formatted(
            absent.size(),
            names.size(),
            String.join(", ", absent.subList(0, Math.min(MOST_NAMED, absent.size()))),
            absent.size() > MOST_NAMED ? " …" : "",
            labels().filter(confusionMatrix::occurs).count());
  }
}
