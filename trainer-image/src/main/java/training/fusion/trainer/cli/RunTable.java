package training.fusion.trainer.cli;

import java.nio.file.Path;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.runs.RunSummary;

/**
 * Runs as the lines of a table.
 *
 * @param zone in which times are told
 * @param from folder from which others are named
 */
record RunTable(ZoneId zone, Path from) {
  private static final String NOTHING = "–";
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

  /** Of the heading and of each run. */
  List<String> lines(List<RunSummary> runs) {
    var table =
        new TextTable(
            "NAME",
            "RUN",
            "STATE",
            "NETWORK",
            "OPTIMIZERS",
            "EPOCHS",
            "ON",
            "ACCURACY",
            "LOSS",
            "F1",
            "BEGAN",
            "FOLDER");
    runs.forEach(run -> table.add(row(run)));
    return table.lines();
  }

  private List<String> row(RunSummary run) {
    RunSummary.Figures figures = run.figures();
    return List.of(
        run.name(),
        text(run.runKey()),
        run.state().name(),
        text(run.architecture()),
        text(run.optimization()),
        run.ofEpochs() == null ? NOTHING : run.epochs() + "/" + run.ofEpochs(),
        figures == null ? NOTHING : figures.part(),
        number(figures, RunSummary.Figures::accuracy),
        number(figures, RunSummary.Figures::loss),
        number(figures, RunSummary.Figures::f1),
        run.began() == null ? NOTHING : MINUTE.format(run.began().atZone(zone)),
        folder(run.folder()));
  }

  private String folder(Path folder) {
    Path here = from.toAbsolutePath().normalize();
    Path absolute = folder.toAbsolutePath().normalize();
    return (absolute.startsWith(here) ? here.relativize(absolute) : absolute).toString();
  }

  private static String text(@Nullable String text) {
    return Objects.requireNonNullElse(text, NOTHING);
  }

  private static String number(
      RunSummary.@Nullable Figures figures, ToDoubleFunction<RunSummary.Figures> which) {
    return figures == null
        ? NOTHING
        : String.format(Locale.ROOT, "%.4f", which.applyAsDouble(figures));
  }
}
