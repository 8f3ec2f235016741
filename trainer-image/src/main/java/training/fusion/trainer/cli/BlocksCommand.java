package training.fusion.trainer.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.api.Architecture;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.optim.ParameterGroup;
import training.fusion.trainer.train.Settings;

/** Prints an architecture's blocks: where a boundary can be, and what lies on its two sides. */
@Command(
    name = "blocks",
    mixinStandardHelpOptions = true,
    description = "Prints the blocks of a network with their parameters, and who trains them.")
final class BlocksCommand implements Runnable {
  @Parameters(
      arity = "0..1",
      paramLabel = "ARCHITECTURE",
      description =
          "A network's name, as in model.architecture (default: the first); with --file it is the file's.")
  private @Nullable String architecture;

  @Option(
      names = "--file",
      paramLabel = "YAML",
      description = "A FusionTraining: adds which optimizer gets which block.")
  private @Nullable Path file;

  @Option(
      names = "--classes",
      paramLabel = "NUMBER",
      defaultValue = "10",
      description = "Classes of the head (default: ${DEFAULT-VALUE}).")
  private int classes;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      RunConfiguration run = file == null ? null : TrainingFile.read(file).toRun();
      Architecture network = run == null ? named(spec) : run.model().architecture();
      print(run, network, classes, spec.commandLine().getOut());
    }
  }

  private Architecture named(CommandSpec spec) {
    return Arrays.stream(Architecture.values())
        .filter(known -> architecture == null || known.toString().equals(architecture))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "%s is no architecture; known are %s"
                        .formatted(architecture, Arrays.toString(Architecture.values()))));
  }

  private static void print(
      @Nullable RunConfiguration run, Architecture architecture, int classes, PrintWriter out) {
    ArchitectureTable table;
    List<ParameterGroup> groups;
    try {
      table =
          run == null
              ? ArchitectureTable.of(architecture, classes)
              : ArchitectureTable.of(architecture, classes, Settings.of(run).imageSize());
      groups = run == null ? List.of() : ParameterGroup.of(run.optimization(), table);
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration("spec." + e.getMessage());
    }
    int head = table.blocks();
    long total = 0;
    for (int block = 0; block <= head; block++) {
      total += table.parametersIn(block);
    }
    out.printf("%s with %d classes%n%n", architecture, classes);
    line(
        out,
        "block",
        "what it is",
        "parameters",
        "share",
        "up to it",
        run == null ? "" : "optimizer");
    long sum = 0;
    for (int block = 0; block <= head; block++) {
      long parameters = table.parametersIn(block);
      sum += parameters;
      line(
          out,
          block == head ? "head" : String.valueOf(block),
          table.describe(block),
          String.format(Locale.ROOT, "%,d", parameters),
          percent(parameters, total),
          percent(sum, total),
          optimizer(groups, block));
    }
    line(out, "", "total", String.format(Locale.ROOT, "%,d", total), "", "", "");
    out.flush();
  }

  private static String optimizer(List<ParameterGroup> groups, int block) {
    for (ParameterGroup group : groups) {
      if (group.firstBlock() <= block && block <= group.lastBlock()) {
        return group.frozen() ? "none (frozen)" : group.rule().label();
      }
    }
    return "";
  }

  private static String percent(long part, long whole) {
    return String.format(Locale.ROOT, "%.1f %%", 100.0 * part / whole);
  }

  private static void line(
      PrintWriter out,
      String block,
      String what,
      String parameters,
      String share,
      String sum,
      String optimizer) {
    String line =
        "%-6s %-52s %12s %8s %9s  %s".formatted(block, what, parameters, share, sum, optimizer);
    out.println(line.stripTrailing());
  }
}
