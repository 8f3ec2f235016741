package training.fusion.trainer.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.trainer.report.page.RunComparison;

/** Lays runs beside each other. */
@Command(
    name = "compare",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Compares runs: their figures, and what differs in what they were asked for.",
      "A page has their curves laid over each other."
    })
final class CompareCommand implements Runnable {
  @Parameters(arity = "2..*", paramLabel = "RUN", description = "Runs, by name, key or folder.")
  private List<Path> runs = new ArrayList<>();

  @Option(
      names = "--page",
      paramLabel = "FILE",
      description = "Where the page is written (default: output/comparison.html).")
  private @Nullable Path page;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    RunComparison comparison = RunComparison.of(runs.stream().map(NamedRuns::folder).toList());
    PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
    figures(comparison).forEach(out::println);
    out.println();
    if (comparison.differences().isEmpty()) {
      out.println("they were asked for the same");
    } else {
      differences(comparison).forEach(out::println);
    }
    Path file = page == null ? Folders.names().resolve("comparison.html") : page;
    comparison.write(file);
    out.printf("%npage  %s%n", file.toAbsolutePath().normalize().toUri());
    out.flush();
  }

  private static List<String> figures(RunComparison comparison) {
    var table = new TextTable("RUN", "STATE", "EPOCHS", "ON", "ACCURACY", "LOSS", "F1", "TRAINING");
    for (RunComparison.Run run : comparison.runs()) {
      List<String> row = new ArrayList<>(List.of(run.label(), run.state().name(), run.epochs()));
      row.addAll(run.figures());
      row.add(run.time());
      table.add(row);
    }
    return table.lines();
  }

  private static List<String> differences(RunComparison comparison) {
    List<String> heading = new ArrayList<>(List.of("WHAT DIFFERS"));
    comparison.runs().forEach(run -> heading.add(run.label()));
    var table = new TextTable(heading.toArray(String[]::new));
    for (RunComparison.Difference difference : comparison.differences()) {
      List<String> row = new ArrayList<>(List.of(difference.field()));
      row.addAll(difference.values());
      table.add(row);
    }
    return table.lines();
  }
}
