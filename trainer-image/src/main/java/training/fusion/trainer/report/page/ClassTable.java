package training.fusion.trainer.report.page;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.report.ConfusionMatrix;
import training.fusion.trainer.report.ConfusionMatrix.ClassFigures;
import training.fusion.trainer.report.DetailedMetrics;

/**
 * Precision, recall and F1 of each class, those first that are told apart worst; of many classes,
 * of these alone.
 *
 * @param name of the evaluation, such as {@code test} or {@code validation, epoch 3}
 * @param rows by their F1, those without images last
 * @param averages macro, over the classes that occur; then weighted by the classes' counts
 * @param choice which classes these are, in a sentence; empty if they are all
 * @param absent a sentence on classes without an image; empty if there are none
 */
public record ClassTable(
    String name, List<Row> rows, List<Row> averages, String choice, String absent) {
  /** Of more classes, not all are shown. */
  private static final int MOST = 200;

  /** How many of them are. */
  private static final int WORST = 100;

  /**
   * A class, or an average over all.
   *
   * @param place among the classes, from 0
   * @param width of the F1's bar, in percent
   */
  public record Row(
      int place,
      String name,
      String precision,
      String recall,
      String f1,
      double width,
      String support) {}

  private record Named(int place, String name, ClassFigures figures, boolean occurs) {}

  /** Of the newest evaluation; absent before the first. */
  static @Nullable ClassTable of(RunRecord run) {
    DetailedMetrics newest = run.newest();
    return newest == null ? null : of(run.nameOf(newest), run.description().classes(), newest);
  }

  private static ClassTable of(String name, List<String> classes, DetailedMetrics metrics) {
    ConfusionMatrix matrix = metrics.confusionMatrix();
    List<Named> all =
        IntStream.range(0, classes.size())
            .mapToObj(i -> new Named(i, classes.get(i), matrix.of(i), matrix.occurs(i)))
            .toList();
    List<ClassFigures> figures = all.stream().map(Named::figures).toList();
    List<ClassFigures> occurring = all.stream().filter(Named::occurs).map(Named::figures).toList();
    long images = matrix.images();
    boolean some = classes.size() > MOST;
    return new ClassTable(
        name,
        (some ? worst(all) : sorted(all)).map(ClassTable::row).toList(),
        List.of(
            average("macro average", occurring, one -> 1L, occurring.size(), images),
            average("weighted average", figures, ClassFigures::support, images, images)),
        some ? choice(all) : "",
        metrics.absent(classes));
  }

  /** Of equals, those first of which there are more images: with them it says more. */
  private static Stream<Named> sorted(List<Named> all) {
    return all.stream()
        .sorted(
            Comparator.<Named, Boolean>comparing(one -> one.figures.support() == 0)
                .thenComparingDouble(one -> one.figures.f1())
                .thenComparing(
                    Comparator.<Named>comparingLong(one -> one.figures.support()).reversed()));
  }

  private static Stream<Named> worst(List<Named> all) {
    return sorted(all).filter(one -> one.figures.support() > 0).limit(WORST);
  }

  private static String choice(List<Named> all) {
    double[] f1 =
        all.stream()
            .filter(one -> one.figures.support() > 0)
            .mapToDouble(one -> one.figures.f1())
            .sorted()
            .toArray();
    long none = Arrays.stream(f1).filter(value -> value == 0).count();
    return String.format(
        Locale.ROOT,
        "Those of the lowest F1 among %s classes with images: of a quarter of these it is at most %s, of half %s, of three quarters %s; of %s it is 0. metrics.json has all",
        PageFigures.count(f1.length),
        PageFigures.figure(quantile(f1, 0.25)),
        PageFigures.figure(quantile(f1, 0.5)),
        PageFigures.figure(quantile(f1, 0.75)),
        PageFigures.count(none));
  }

  /** The smallest value that so large a part of them does not exceed. */
  private static double quantile(double[] ascending, double part) {
    return ascending.length == 0
        ? Double.NaN
        : ascending[(int) Math.ceil(part * ascending.length) - 1];
  }

  private static Row average(
      String name,
      List<ClassFigures> all,
      ToLongFunction<ClassFigures> weight,
      long weights,
      long images) {
    return row(
        -1,
        name,
        sum(all, f -> (double) weight.applyAsLong(f) * f.precision()) / weights,
        sum(all, f -> (double) weight.applyAsLong(f) * f.recall()) / weights,
        sum(all, f -> (double) weight.applyAsLong(f) * f.f1()) / weights,
        images);
  }

  private static double sum(List<ClassFigures> all, ToDoubleFunction<ClassFigures> figure) {
    return all.stream().mapToDouble(figure).sum();
  }

  private static Row row(Named of) {
    ClassFigures figures = of.figures;
    return row(
        of.place, of.name, figures.precision(), figures.recall(), figures.f1(), figures.support());
  }

  private static Row row(
      int place, String name, double precision, double recall, double f1, long support) {
    return new Row(
        place,
        name,
        PageFigures.figure(precision),
        PageFigures.figure(recall),
        PageFigures.figure(f1),
        100 * f1,
        PageFigures.count(support));
  }
}
