package training.fusion.trainer.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.label.ClassNames;
import training.fusion.trainer.report.ConfusionMatrix.ClassFigures;
import training.fusion.trainer.report.DetailedMetrics;

/** An evaluation as text for a person, and as JSON for a program. */
final class EvaluationText {
  /** A matrix wider than this fits no terminal. */
  private static final int MOST_COLUMNS = 20;

  private EvaluationText() {}

  static void printJson(
      PrintWriter out, String split, List<String> classes, DetailedMetrics metrics)
      throws IOException {
    Metrics figures = metrics.figures();
    Map<String, Object> perClass = new LinkedHashMap<>();
    for (int i = 0; i < classes.size(); i++) {
      perClass.put(classes.get(i), metrics.confusionMatrix().of(i));
    }
    Map<String, Object> value = new LinkedHashMap<>();
    value.put("split", split);
    value.put("images", images(metrics));
    value.put("accuracy", figures.accuracy());
    if (figures.top5Accuracy() != null) {
      value.put("top5Accuracy", figures.top5Accuracy());
    }
    value.put("loss", figures.loss());
    value.put("f1", figures.f1());
    value.put("weightedF1", figures.weightedF1());
    value.put("classes", perClass);
    value.put("confusionMatrix", metrics.confusionMatrix());
    new ObjectMapper()
        .writerWithDefaultPrettyPrinter()
        .without(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
        .writeValue(out, value);
    out.println();
  }

  static void print(PrintWriter out, String split, List<String> names, DetailedMetrics metrics) {
    List<String> classes = names.stream().map(ClassNames::told).toList();
    Metrics figures = metrics.figures();
    out.printf(
        Locale.ROOT,
        "%s, %d images: accuracy %.4f%s, loss %.4f, F1 %.4f (weighted %.4f)%n%n",
        split,
        images(metrics),
        figures.accuracy(),
        figures.top5Accuracy() == null
            ? ""
            : String.format(Locale.ROOT, " (top 5 %.4f)", figures.top5Accuracy()),
        figures.loss(),
        figures.f1(),
        figures.weightedF1());
    String absent = metrics.absent(names);
    if (!absent.isEmpty()) {
      out.printf("%s%n%n", absent);
    }
    int width = Math.max(5, classes.stream().mapToInt(String::length).max().orElse(0));
    out.printf(
        "%-" + width + "s %9s %9s %9s %8s%n", "class", "precision", "recall", "F1", "images");
    for (int i = 0; i < classes.size(); i++) {
      ClassFigures of = metrics.confusionMatrix().of(i);
      out.printf(
          Locale.ROOT,
          "%-" + width + "s %9.4f %9.4f %9.4f %8d%n",
          classes.get(i),
          of.precision(),
          of.recall(),
          of.f1(),
          of.support());
    }
    if (classes.size() <= MOST_COLUMNS) {
      printMatrix(out, classes, metrics.confusionMatrix().rows(), width);
    } else {
      out.printf("%nThe confusion matrix is too wide for a terminal; -o json has it.%n");
    }
  }

  private static void printMatrix(
      PrintWriter out, List<String> classes, long[][] matrix, int width) {
    out.printf("%nconfusion matrix: a row for each class, columns in the same order%n");
    for (int i = 0; i < classes.size(); i++) {
      out.printf("%-" + width + "s", classes.get(i));
      for (long count : matrix[i]) {
        out.printf(" %5d", count);
      }
      out.println();
    }
  }

  private static long images(DetailedMetrics metrics) {
    return metrics.confusionMatrix().images();
  }
}
