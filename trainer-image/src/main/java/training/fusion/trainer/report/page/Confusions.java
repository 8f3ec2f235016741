package training.fusion.trainer.report.page;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.report.ConfusionMatrix;
import training.fusion.trainer.report.DetailedMetrics;
import training.fusion.trainer.report.MatrixSummary;

/**
 * Confusion matrices as people look at them: as a table of counts, or, of more classes, as a
 * picture in which a cell is a pixel; of still more, in which it is a group of classes for another.
 * One of them is in the page, the page's program puts those of the other epochs in its place.
 *
 * @param name of the one in the page, such as {@code test} or {@code validation, epoch 3}
 * @param classes how many there are
 * @param table with counts; null if there are too many classes for one
 * @param picture a PNG, in Base64; empty if there is a table
 * @param grouped classes that share a row of the picture, at most; 1: each has its own
 * @param ticks rows of the picture that are named
 * @param worst the commonest mistakes
 * @param evaluations all that can be chosen, the one in the page among them
 * @param names of classes, by their places: those that the program needs
 * @param note what was left out of those that can be chosen; empty if nothing
 */
public record Confusions(
    String name,
    int classes,
    @Nullable HeatMap table,
    String picture,
    int grouped,
    List<Tick> ticks,
    List<Pair> worst,
    List<Evaluated> evaluations,
    Map<Integer, String> names,
    String note) {
  /** More cells than this are a picture: nobody reads that many numbers. */
  private static final int MOST_IN_TABLE = 30;

  private static final int MOST_BESIDE_A_TABLE = 10;
  private static final int MOST_BESIDE_A_PICTURE = 20;

  /** Of longer runs some epochs are in the page; all are in the run's folder. */
  static final int MOST_EPOCHS = 40;

  /** Mistakes in the page, of all epochs together: a page is for a mail, too. */
  private static final int MOST_MISTAKES = 8000;

  private static final int MOST_TICKS = 36;
  private static final int LONGEST_NAME = 80;

  /**
   * A mistake that was made.
   *
   * @param share of the class's images
   */
  public record Pair(String of, String with, long count, String share) {}

  /**
   * A named row, and the column of the same class.
   *
   * @param place of its middle, in percent
   * @param major whether it is named where there is little room, too
   */
  public record Tick(String name, double place, boolean major) {}

  /**
   * A matrix that can be chosen.
   *
   * @param name as the one in the page has
   */
  public record Evaluated(String name, MatrixSummary matrix) {}

  /** What the program draws others with. */
  private record Data(
      int classes, int grouped, int worst, Map<Integer, String> names, List<Evaluated> all) {}

  /** The newest that is known; absent before the first epoch is evaluated. */
  static @Nullable Confusions of(RunRecord run) {
    DetailedMetrics newest = run.newest();
    if (newest == null) {
      return null;
    }
    List<String> classes = run.description().classes();
    ConfusionMatrix matrix = newest.confusionMatrix();
    boolean table = classes.size() <= MOST_IN_TABLE;
    int listed = table ? MOST_BESIDE_A_TABLE : MOST_BESIDE_A_PICTURE;
    List<Evaluated> evaluations = evaluations(run, newest);
    return new Confusions(
        run.nameOf(newest),
        classes.size(),
        table ? HeatMap.of(classes, matrix) : null,
        table ? "" : HeatPicture.png(matrix),
        MatrixSummary.grouped(classes.size()),
        ticks(classes),
        worst(classes, matrix, listed),
        evaluations,
        names(classes, evaluations, listed),
        note(run, evaluations));
  }

  /** Epoch by epoch, then the test if there was one. */
  private static List<Evaluated> evaluations(RunRecord run, DetailedMetrics newest) {
    List<Evaluated> evaluations = new ArrayList<>();
    run.matrices()
        .forEach((epoch, matrix) -> evaluations.add(new Evaluated(run.nameOf(epoch), matrix)));
    String name = run.nameOf(newest);
    evaluations.removeIf(one -> one.name().equals(name));
    evaluations.add(new Evaluated(name, MatrixSummary.of(newest.confusionMatrix())));
    int most = Math.max(MOST_BESIDE_A_PICTURE, MOST_MISTAKES / evaluations.size());
    return evaluations.stream()
        .map(one -> new Evaluated(one.name(), one.matrix().shortened(most)))
        .toList();
  }

  private static Map<Integer, String> names(
      List<String> classes, List<Evaluated> evaluations, int listed) {
    Map<Integer, String> names = new TreeMap<>();
    int grouped = MatrixSummary.grouped(classes.size());
    for (int first = 0; first < classes.size(); first += grouped) {
      put(first, classes, names);
      put(Math.min(first + grouped, classes.size()) - 1, classes, names);
    }
    for (Evaluated evaluated : evaluations) {
      MatrixSummary matrix = evaluated.matrix();
      for (int i = 0; i < Math.min(listed, matrix.count().size()); i++) {
        put(matrix.label().get(i), classes, names);
        put(matrix.prediction().get(i), classes, names);
      }
    }
    return names;
  }

  private static void put(int label, List<String> classes, Map<Integer, String> names) {
    String name = classes.get(label);
    names.put(
        label,
        name.codePointCount(0, name.length()) <= LONGEST_NAME
            ? name
            : name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME - 1)) + "…");
  }

  private static String note(RunRecord run, List<Evaluated> evaluations) {
    List<String> left = new ArrayList<>();
    int epochs = run.history().epochs();
    if (epochs > MOST_EPOCHS) {
      left.add("%d of %d epochs can be chosen".formatted(run.matrices().size(), epochs));
    }
    int mistakes = evaluations.stream().mapToInt(e -> e.matrix().mistakesLeftOut()).max().orElse(0);
    if (mistakes > 0) {
      left.add(
          "of each the mistakes of the most images can be pointed at, up to %s pairs of classes with fewer images are left out"
              .formatted(PageFigures.count(mistakes)));
    }
    return left.isEmpty() ? "" : String.join("; ", left) + "; the run's folder has more.";
  }

  private static List<Tick> ticks(List<String> classes) {
    int grouped = MatrixSummary.grouped(classes.size());
    int rows = (classes.size() + grouped - 1) / grouped;
    int step = (rows + MOST_TICKS - 1) / MOST_TICKS;
    return IntStream.range(0, rows)
        .filter(row -> row % step == 0)
        .mapToObj(
            row ->
                new Tick(
                    classes.get(row * grouped) + (grouped > 1 ? " …" : ""),
                    100.0 * (row + 0.5) / rows,
                    row / step % 3 == 0))
        .toList();
  }

  private static List<Pair> worst(List<String> classes, ConfusionMatrix matrix, int most) {
    MatrixSummary mistakes = MatrixSummary.of(matrix).shortened(most);
    return IntStream.range(0, mistakes.count().size())
        .mapToObj(
            i -> {
              int label = mistakes.label().get(i);
              long count = mistakes.count().get(i);
              return new Pair(
                  classes.get(label),
                  classes.get(mistakes.prediction().get(i)),
                  count,
                  PageFigures.percent((double) count / matrix.images(label)));
            })
        .toList();
  }

  /** For the page's program; safe inside a script element. */
  public String toJson() {
    int listed = table == null ? MOST_BESIDE_A_PICTURE : MOST_BESIDE_A_TABLE;
    return PageJson.of(new Data(classes, grouped, listed, names, evaluations));
  }
}
