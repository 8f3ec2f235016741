package training.fusion.local;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.api.resource.FusionTraining;
import training.fusion.local.Requests.Request;
import training.fusion.local.console.Progress;
import training.fusion.local.console.StatusBlock;
import training.fusion.local.console.Terminal;

/** Runs the trainings of some files to their end. */
@Command(
    name = "run",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = "Runs the trainings of these files to their end, on this machine.")
final class RunCommand implements Callable<Integer> {
  private static final Duration RETRY_DELAY = Duration.ofSeconds(1);

  /** What the final resources are printed as. */
  enum Format {
    yaml,
    json
  }

  @Spec private CommandSpec specification = CommandSpec.create();

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "YAML or JSON with FusionTrainings")
  private List<Path> files = List.of();

  @Option(
      names = {"-o", "--format"},
      description = "Print the final resource alone on standard output: ${COMPLETION-CANDIDATES}")
  private @Nullable Format format;

  @Option(
      names = "--volume",
      paramLabel = "CLAIM=PATH",
      description = "Folder of a claim; default: examples/data/CLAIM")
  private Map<String, Path> volumes = new HashMap<>();

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Folder for results, logs and checkpoints; default: output")
  private @Nullable Path output;

  @Option(names = "--logs", description = "Show what the trainers write to their logs")
  private boolean logs;

  @Override
  public Integer call() throws Exception {
    var installation =
        new Installation(Path.of(System.getProperty("fusion.root", ".")).toRealPath());
    Path folder = output != null ? output : installation.root().resolve("output");
    Terminal terminal = Terminal.of(format != null, System.getenv());
    try (Output opened = Output.open(folder.toAbsolutePath())) {
      var progress = new Progress(terminal);
      List<Request> requests = Requests.read(files, opened, progress::say);
      List<FusionTraining> ended = run(installation, opened, requests, progress);
      progress.end();
      ended.forEach(training -> StatusBlock.print(training, terminal.stream()));
      print(ended);
      return ended.stream().allMatch(Requests::hasSucceeded) ? 0 : 1;
    }
  }

  private List<FusionTraining> run(
      Installation installation, Output opened, List<Request> requests, Progress progress)
      throws IOException, InterruptedException {
    List<FusionTraining> all = requests.stream().map(Request::resource).toList();
    for (FusionTraining training : all) {
      if (Requests.isOver(training)) {
        progress.say(
            "%s: already %s; a new spec.runId, or another --output, runs it again"
                .formatted(
                    training.getMetadata().getName(),
                    Requests.hasSucceeded(training) ? "Succeeded" : "Failed"));
      }
    }
    if (all.stream().allMatch(Requests::isOver)) {
      return all;
    }
    var run =
        new Run(
            new LocalCluster(installation, opened.folder(), volumes(), RETRY_DELAY, progress::say),
            opened,
            progress,
            "./fusion " + String.join(" ", arguments()));
    return run.toTheEnd(requests, logs);
  }

  /** As they were given, quoted for a shell. */
  private List<String> arguments() {
    return specification.commandLine().getParseResult().originalArgs().stream()
        .map(argument -> argument.matches("[\\w./:=@%+,-]+") ? argument : quoted(argument))
        .toList();
  }

  private static String quoted(String argument) {
    return "'" + argument.replace("'", "'\\''") + "'";
  }

  private Map<String, Path> volumes() {
    Map<String, Path> absolute = new HashMap<>();
    volumes.forEach((claim, path) -> absolute.put(claim, path.toAbsolutePath()));
    return absolute;
  }

  private void print(List<FusionTraining> trainings) {
    if (format == null) {
      return;
    }
    Object value =
        trainings.size() == 1
            ? trainings.get(0)
            : Map.of("apiVersion", "v1", "kind", "List", "items", new ArrayList<>(trainings));
    System.out.println(
        format == Format.json ? Serialization.asJson(value) : Serialization.asYaml(value).trim());
  }
}
