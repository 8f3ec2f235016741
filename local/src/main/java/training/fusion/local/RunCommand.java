package training.fusion.local;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.validation.FieldAssignment;
import training.fusion.api.validation.UnusableAssignment;
import training.fusion.console.ProgressTable;
import training.fusion.console.Terminal;
import training.fusion.console.TerminalWatch;
import training.fusion.local.RequestedResources.Request;
import training.fusion.local.console.StatusBlock;
import training.fusion.local.console.SweepBlock;

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

  private final FieldAssignment newRun =
      FieldAssignment.newRun(LocalDateTime.now(ZoneId.systemDefault()));

  @Spec private CommandSpec specification = CommandSpec.create();

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "YAML or JSON with FusionTrainings and FusionSweeps")
  private List<Path> files = List.of();

  @Option(
      names = "--set",
      paramLabel = "PATH=VALUE",
      description = {
        "Set a field to another value than the files do, such as training.epochs=5; null removes"
            + " it.",
        "NAME:PATH=VALUE: of this training or sweep alone"
      })
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--new",
      description = "Train anew, beside what was trained by this name: with a runId from the time")
  private boolean another;

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
    try (OutputFolder opened = OutputFolder.open(folder.toAbsolutePath())) {
      var places =
          new RunPlaces(
              opened.folder(), LocalCluster.claims(installation, opened.folder(), volumes()));
      var progress = new ProgressTable(terminal);
      var watch = new TerminalWatch(terminal);
      List<Request> requests = read(installation, opened, places, progress);
      List<CustomResource<?, ?>> ended =
          run(installation, opened, places, requests, progress, watch);
      progress.end();
      ended.forEach(resource -> tell(resource, places, terminal.stream()));
      print(ended);
      boolean all =
          ended.stream()
              .allMatch(resource -> LifecycleState.of(resource) == LifecycleState.SUCCEEDED);
      return all ? 0 : 1;
    }
  }

  private List<Request> read(
      Installation installation, OutputFolder opened, RunPlaces places, ProgressTable progress) {
    try {
      var missing = new MissingHere(places.claims(), new MachineGpus(installation)::count);
      return RequestedResources.read(files, assignments(), opened, missing, progress::say);
    } catch (BadInput e) {
      opened.leave();
      throw e;
    }
  }

  private static void tell(CustomResource<?, ?> resource, RunPlaces places, PrintStream out) {
    if (resource instanceof FusionSweep sweep) {
      SweepBlock.print(sweep, places.output().resolve(sweep.getMetadata().getName()), out);
    } else if (resource instanceof FusionTraining training) {
      StatusBlock.print(training, out);
      places
          .folder(training)
          .ifPresent(run -> StatusBlock.printPlace(run, places.shown(training, run), out));
    }
  }

  private List<CustomResource<?, ?>> run(
      Installation installation,
      OutputFolder opened,
      RunPlaces places,
      List<Request> requests,
      ProgressTable progress,
      TerminalWatch watch)
      throws IOException, InterruptedException {
    List<CustomResource<?, ?>> all = new ArrayList<>();
    for (Request request : requests) {
      CustomResource<?, ?> resource = request.resource();
      all.add(resource);
      if (LifecycleState.of(resource).isOver()) {
        String again =
            resource instanceof FusionTraining
                ? again(LifecycleState.of(resource))
                : "more seeds or cells, or another --output, run more of it";
        progress.say(
            "%s: already %s; %s"
                .formatted(
                    resource.getMetadata().getName(),
                    LifecycleState.of(resource) == LifecycleState.SUCCEEDED
                        ? "Succeeded"
                        : "Failed",
                    again));
      }
    }
    if (all.stream().allMatch(resource -> LifecycleState.of(resource).isOver())) {
      return all;
    }
    var run =
        new LocalRun(
            new LocalCluster(installation, opened.folder(), volumes(), RETRY_DELAY, progress::say),
            opened,
            places,
            progress,
            watch,
            "./fusion " + String.join(" ", arguments()));
    return run.toTheEnd(requests, logs);
  }

  private static String again(LifecycleState state) {
    return state == LifecycleState.FAILED
        ? "--new, or another --output, runs it again; if it had not begun, a changed spec does, too"
        : "--new, or another --output, runs it again";
  }

  private List<FieldAssignment> assignments() {
    List<FieldAssignment> all = new ArrayList<>();
    try {
      settings.forEach(text -> all.add(FieldAssignment.parse(text)));
    } catch (UnusableAssignment e) {
      throw new BadInput(Objects.requireNonNull(e.getMessage()), e);
    }
    if (another) {
      all.add(newRun);
    }
    return all;
  }

  /**
   * As they were given, quoted for a shell. A run that {@code --new} began is gone on with by its
   * runId.
   */
  private List<String> arguments() {
    return specification.commandLine().getParseResult().originalArgs().stream()
        .flatMap(
            argument ->
                argument.equals("--new")
                    ? Stream.of("--set", newRun.path() + "=" + newRun.value())
                    : Stream.of(argument))
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

  private void print(List<CustomResource<?, ?>> resources) {
    if (format == null) {
      return;
    }
    Object value =
        resources.size() == 1
            ? resources.get(0)
            : Map.of("apiVersion", "v1", "kind", "List", "items", new ArrayList<>(resources));
    System.out.println(
        format == Format.json ? Serialization.asJson(value) : Serialization.asYaml(value).trim());
  }
}
