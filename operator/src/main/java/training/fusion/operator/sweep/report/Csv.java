package training.fusion.operator.sweep.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.csv.CsvGenerator;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.api.OptimizationSummary;
import training.fusion.api.resource.sweep.FusionSweepStatus.Figures;
import training.fusion.api.resource.sweep.FusionSweepStatus.MeanDeviation;
import training.fusion.api.run.Metrics;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * The report's figures for other programs: a table of trials, and one of groups. Fractions, not
 * percent, to six decimals; what is absent is empty.
 */
final class Csv {
  private static final CsvMapper CSV =
      CsvMapper.builder().enable(CsvGenerator.Feature.STRICT_CHECK_FOR_QUOTING).build();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** A line, column by column. */
  private final Map<String, @Nullable Object> line = new LinkedHashMap<>();

  private Csv() {}

  /** One line a trial, excluded ones too; its group is a line of the other table. */
  static String trials(List<TrialRow> rows, Groups groups) {
    Map<String, Integer> numbers = new HashMap<>();
    for (Group group : groups.groups()) {
      group.trials().forEach(row -> numbers.put(row.trial(), group.number()));
    }
    return write(rows.stream().map(row -> trial(row, numbers.get(row.trial()))).toList());
  }

  /** One line a group, with its whole strategy as JSON in the last column. */
  static String groups(Groups groups) {
    return write(groups.groups().stream().map(Csv::group).toList());
  }

  private static Csv trial(TrialRow row, @Nullable Integer group) {
    Metrics best = row.best();
    return new Csv()
        .put("trial", row.trial())
        .put("group", group)
        .put("arm", row.cell().arm())
        .put("dataset", row.cell().dataset())
        .put("optimizers", OptimizationSummary.family(row.cell().optimization()))
        .put("seed", row.cell().seed())
        .put("state", JSON.convertValue(row.state(), String.class))
        .put("chosenEpoch", best == null ? null : best.epoch())
        .metrics("validation", Group.validation(row))
        .metrics("test", row.test())
        .put("startTime", row.startTime())
        .put("completionTime", row.completionTime())
        .put("failure", row.failure() == null ? null : FormattedFigures.brief(row.failure()));
  }

  private static Csv group(Group group) {
    var optimization = group.cell().optimization();
    return new Csv()
        .put("group", group.number())
        .put("arm", group.cell().arm())
        .put("architecture", group.cell().network())
        .put("dataset", group.cell().dataset())
        .put("optimizers", OptimizationSummary.family(optimization))
        .put(
            "lastBlock",
            optimization.fusion() == null ? null : optimization.fusion().lowLevel().lastBlock())
        .put("trials", group.trials().size())
        .put("succeeded", group.succeeded().size())
        .put("failed", group.count(TrialRow.State.FAILED))
        .put("highLevelShare", group.highLevelShare())
        .means("validation", group.validation())
        .means("test", group.test())
        .put("label", group.label())
        .put("optimization", JSON.valueToTree(optimization).toString());
  }

  private Csv metrics(String part, @Nullable Metrics metrics) {
    return put(part + "Accuracy", metrics == null ? null : rounded(metrics.accuracy()))
        .put(part + "Loss", metrics == null ? null : rounded(metrics.loss()))
        .put(part + "F1", metrics == null ? null : rounded(metrics.f1()));
  }

  private Csv means(String part, @Nullable Figures figures) {
    return mean(part + "Accuracy", figures == null ? null : figures.accuracy())
        .mean(part + "Loss", figures == null ? null : figures.loss())
        .mean(part + "F1", figures == null ? null : figures.f1());
  }

  private Csv mean(String figure, @Nullable MeanDeviation value) {
    return put(figure + "Mean", value == null ? null : rounded(value.mean()))
        .put(figure + "Std", value == null || value.std() == null ? null : rounded(value.std()));
  }

  private Csv put(String column, @Nullable Object value) {
    line.put(column, value);
    return this;
  }

  private static double rounded(double value) {
    return Math.round(1e6 * value) / 1e6;
  }

  private static String write(List<Csv> lines) {
    if (lines.isEmpty()) {
      return "";
    }
    CsvSchema.Builder columns = CsvSchema.builder().setUseHeader(true);
    lines.get(0).line.keySet().forEach(columns::addColumn);
    try {
      return CSV.writer(columns.build())
          .writeValueAsString(lines.stream().map(line -> line.line).toList());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
