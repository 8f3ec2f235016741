package training.fusion.operator.sweep.report;

import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweepStatus.Figures;
import training.fusion.api.resource.sweep.FusionSweepStatus.MeanDeviation;

/**
 * One figure of a row of the paper's table: ours on test, the paper's, the difference.
 *
 * @param ours a dash without a run
 * @param difference a dash without a run
 */
public record PaperFigures(String ours, String paper, String difference) {

  /** Accuracy and F1 in percent, loss between them, as in the paper. */
  static List<PaperFigures> of(PaperTable.Line line) {
    PaperRow row = line.paper();
    Figures test = line.group() == null ? null : line.group().test();
    return List.of(
        percent(test == null ? null : test.accuracy(), row.accuracy(), row.accuracyStd()),
        loss(test == null ? null : test.loss(), row.loss(), row.lossStd()),
        percent(test == null ? null : test.f1(), row.f1(), row.f1Std()));
  }

  private static PaperFigures percent(
      @Nullable MeanDeviation ours, double paper, @Nullable Double deviation) {
    double fraction = paper / 100;
    return new PaperFigures(
        FormattedFigures.percent(ours),
        FormattedFigures.percent(fraction, deviation == null ? null : deviation / 100),
        ours == null ? FormattedFigures.NONE : FormattedFigures.points(ours.mean() - fraction));
  }

  private static PaperFigures loss(
      @Nullable MeanDeviation ours, double paper, @Nullable Double deviation) {
    return new PaperFigures(
        FormattedFigures.loss(ours),
        FormattedFigures.loss(paper, deviation),
        ours == null
            ? FormattedFigures.NONE
            : FormattedFigures.lossDifference(ours.mean() - paper));
  }
}
