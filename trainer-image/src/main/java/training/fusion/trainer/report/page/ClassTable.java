package training.fusion.trainer.report.page;

import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;
import java.util.stream.IntStream;
import training.fusion.trainer.report.ConfusionMatrix.ClassFigures;
import training.fusion.trainer.report.DetailedMetrics;

/**
 * Precision, recall and F1 of each class.
 *
 * @param averages macro, over the classes that occur; then weighted by the classes' counts
 * @param absent a sentence on classes without an image; empty if there are none
 */
public record ClassTable(List<Row> rows, List<Row> averages, String absent) {

  /**
   * A class, or an average over all.
   *
   * @param width of the F1's bar, in percent
   */
  public record Row(
      String name, String precision, String recall, String f1, double width, String support) {}

  static ClassTable of(List<String> classes, DetailedMetrics metrics) {
    List<ClassFigures> all = metrics.classes();
    List<Row> rows =
        IntStream.range(0, classes.size())
            .mapToObj(
                i ->
                    row(
                        classes.get(i),
                        all.get(i).precision(),
                        all.get(i).recall(),
                        all.get(i).f1(),
                        all.get(i).support()))
            .toList();
    long images = all.stream().mapToLong(ClassFigures::support).sum();
    boolean[] occurs = metrics.occurring();
    List<ClassFigures> occurring =
        IntStream.range(0, occurs.length).filter(i -> occurs[i]).mapToObj(all::get).toList();
    return new ClassTable(
        rows,
        List.of(
            average("macro average", occurring, figures -> 1L, occurring.size(), images),
            average("weighted average", all, ClassFigures::support, images, images)),
        metrics.absent(classes));
  }

  private static Row average(
      String name,
      List<ClassFigures> all,
      ToLongFunction<ClassFigures> weight,
      long weights,
      long images) {
    return row(
        name,
        sum(all, f -> (double) weight.applyAsLong(f) * f.precision()) / weights,
        sum(all, f -> (double) weight.applyAsLong(f) * f.recall()) / weights,
        sum(all, f -> (double) weight.applyAsLong(f) * f.f1()) / weights,
        images);
  }

  private static double sum(List<ClassFigures> all, ToDoubleFunction<ClassFigures> figure) {
    return all.stream().mapToDouble(figure).sum();
  }

  private static Row row(String name, double precision, double recall, double f1, long support) {
    return new Row(
        name,
        Text.figure(precision),
        Text.figure(recall),
        Text.figure(f1),
        100 * f1,
        Text.count(support));
  }
}
