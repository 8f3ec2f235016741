package training.fusion.benchmarks.gpu;

import ai.djl.Device;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import training.fusion.api.Architecture;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.LibtorchContext;
import training.fusion.trainer.report.Software;

/**
 * {@code benchmarks/run gpu export}: all networks' programs and rules as files that PyTorch loads,
 * and what the trainer makes of the small ones here.
 */
@Command(
    name = "gpu export",
    description = "Writes what benchmarks/gpu/run.py needs on a machine with a GPU.",
    mixinStandardHelpOptions = true)
public final class GpuExport implements Callable<Integer> {
  /** A network whose parameters all rules are tried on. */
  private static final Architecture FOR_RULES = Architecture.RESNET_18;

  @Parameters(paramLabel = "FOLDER", description = "Where the files go.")
  private Path folder = Path.of("gpu");

  @Option(names = "--only", description = "Networks whose name has this regular expression.")
  private Pattern only = Pattern.compile("");

  @Option(names = "--small", description = "The sizes for a CPU alone.")
  private boolean small;

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new GpuExport()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    ObjectNode manifest = write(folder, only, small);
    long bytes = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
    }
    System.out.printf(
        "%d networks and %d rules in %s: %.1f MiB%n",
        manifest.get("networks").size(),
        manifest.get("rules").size(),
        folder,
        bytes / 1024.0 / 1024);
    return 0;
  }

  /** Writes the files; returns what {@code manifest.json} has. */
  static ObjectNode write(Path folder, Pattern only, boolean smallAlone) throws IOException {
    Files.createDirectories(folder);
    Device cpu = Libtorch.start(0, Runtime.getRuntime().availableProcessors());
    LibtorchContext.get().setPrecision(Precision.FP32);
    LibtorchContext.get().setDeterministic(true);
    var json = new ObjectMapper();
    ObjectNode manifest = json.createObjectNode();
    manifest.put("trainer", Software.ofThisProcess().trainer());
    manifest.put("libtorch", Software.ofThisProcess().libtorch());
    ArrayNode networks = manifest.putArray("networks");
    ArrayNode variants = manifest.putArray("variants");
    for (Architecture architecture : Architecture.values()) {
      if (!only.matcher(architecture.toString()).find()) {
        continue;
      }
      for (boolean small : smallAlone ? List.of(true) : List.of(true, false)) {
        var carried = new CarriedNetwork(architecture, small);
        ObjectNode node = carried.write(folder);
        if (small) {
          variants.add(carried.writeAugmented(folder));
          ObjectNode java = node.putObject("java");
          for (Precision precision : List.of(Precision.FP32, Precision.BF16)) {
            java.set(
                precision.toString(), json.valueToTree(JavaFigures.of(carried, precision, cpu)));
          }
        }
        networks.add(node);
      }
    }
    var forRules = new CarriedNetwork(FOR_RULES, true).workload(Precision.FP32).table();
    manifest.put("networkOfRules", FOR_RULES.toString());
    manifest.set("rules", CarriedRule.writeAll(folder, forRules));
    json.writeValue(folder.resolve("manifest.json").toFile(), manifest);
    return manifest;
  }
}
