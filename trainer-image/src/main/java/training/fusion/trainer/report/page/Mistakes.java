package training.fusion.trainer.report.page;

import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.ReportSettings;
import training.fusion.trainer.report.ConfusionMatrix;
import training.fusion.trainer.report.EvaluationFile;

/**
 * The images that were mistaken worst.
 *
 * @param name of the evaluation, such as {@code validation, epoch 3}
 * @param choice which of the mistakes they are, in a sentence
 * @param withheld whether pictures are not to be shown
 */
public record Mistakes(String name, String choice, boolean withheld, List<Shown> shown) {

  /**
   * An image.
   *
   * @param picture address with the picture in it; absent if there is none
   */
  public record Shown(
      String name,
      String own,
      String takenFor,
      String probability,
      String loss,
      @Nullable String picture) {}

  /** Absent before the first epoch is evaluated. */
  static @Nullable Mistakes of(RunRecord run) {
    EvaluationFile evaluation = run.evaluation();
    if (evaluation == null) {
      return null;
    }
    ConfusionMatrix matrix = evaluation.metrics().confusionMatrix();
    long right = 0;
    for (int label = 0; label < matrix.classes(); label++) {
      right += matrix.correct(label);
    }
    List<String> classes = run.description().classes();
    long wrong = matrix.images() - right;
    boolean withheld = !ReportSettings.showsPictures(run.configuration().report());
    return new Mistakes(
        run.nameOf(evaluation.metrics()),
        choice(wrong, evaluation.worst().size(), matrix.images()),
        withheld,
        evaluation.worst().stream().map(image -> shown(image, classes, withheld)).toList());
  }

  private static String choice(long wrong, int shown, long images) {
    if (wrong == 0) {
      return "None of the %s images was mistaken.".formatted(PageFigures.count(images));
    }
    if (wrong == 1) {
      return "The one that was mistaken among %s images.".formatted(PageFigures.count(images));
    }
    return shown < wrong
        ? "The %d of the highest loss, of %s that were mistaken among %s images."
            .formatted(shown, PageFigures.count(wrong), PageFigures.count(images))
        : "All %d that were mistaken among %s images, the highest loss first."
            .formatted(shown, PageFigures.count(images));
  }

  private static Shown shown(EvaluationFile.Shown image, List<String> classes, boolean withheld) {
    return new Shown(
        image.name(),
        classes.get(image.label()),
        classes.get(image.prediction()),
        PageFigures.percent(image.probability()),
        PageFigures.figure(image.loss()),
        withheld ? null : image.picture());
  }
}
