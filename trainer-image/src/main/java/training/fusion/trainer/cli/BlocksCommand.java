package training.fusion.trainer.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.api.Architecture;
import training.fusion.api.ScriptModule;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.module.ModuleDefinition;
import training.fusion.trainer.module.ModuleFile;
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
          "A network's name, as in model.architecture (default: the first), or a TorchScript file, as in model.module; with --file it is the file's.")
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

  private static final int IMAGENET_SIZE = 224;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    if (spec != null) {
      RunConfiguration run = file == null ? null : TrainingFile.read(file).toRun();
      print(run, network(run, spec), classes, spec.commandLine().getOut());
    }
  }

  private NetworkKind network(@Nullable RunConfiguration run, CommandSpec spec) {
    Path module = architecture == null ? null : Path.of(architecture);
    ScriptModule asked = run == null ? null : run.model().module();
    if (module != null && (asked != null || Files.exists(module))) {
      ModuleFile opened = ModuleFile.open(module);
      List<String> arguments = ModuleDefinition.arguments(opened);
      return ModuleDefinition.kind(
          opened, asked == null ? null : asked.blocks(), arguments, arguments);
    }
    if (asked != null) {
      throw TrainingFailure.badConfiguration(
          "spec.model.module is a file: name it, as in ./fusion blocks net.pt --file FILE");
    }
    return NetworkKind.of(
        run == null ? named(spec) : Objects.requireNonNull(run.model().architecture()));
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
      @Nullable RunConfiguration run, NetworkKind kind, int classes, PrintWriter out) {
    ArchitectureTable table;
    List<ParameterGroup> groups;
    try {
      table =
          run == null
              ? ArchitectureTable.of(kind, classes, IMAGENET_SIZE)
              : ArchitectureTable.of(kind, classes, Settings.of(run).imageSize());
      groups = run == null ? List.of() : ParameterGroup.of(run.optimization(), table);
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration("spec." + e.getMessage());
    }
    int head = table.blocks();
    long total = 0;
    for (int block = 0; block <= head; block++) {
      total += table.parametersIn(block);
    }
    if (kind.definition() instanceof ModuleDefinition module) {
      out.printf("%s, %s%n%n", kind, module.file().path().getFileName());
    } else {
      out.printf("%s with %d classes%n%n", kind, classes);
    }
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
    if (kind.definition() instanceof ModuleDefinition module) {
      out.printf("%n    blocks:%n");
      module
          .blocks()
          .prefixes()
          .forEach(block -> out.printf("      - [%s]%n", String.join(", ", quoted(block))));
    }
    out.flush();
  }

  private static List<String> quoted(List<String> block) {
    return block.stream().map("\"%s\""::formatted).toList();
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
