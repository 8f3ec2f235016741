package training.fusion.trainer.cli;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.validation.FieldAssignment;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.run.RunFolders;
import training.fusion.trainer.run.RunOptions;
import training.fusion.trainer.run.TrainingRun;

/** Trains to the end, or goes on from the newest checkpoint. */
@Command(
    name = "train",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Trains what a file describes, or goes on from the newest checkpoint in the output folder.",
      "Without a file it takes its configuration from the environment, as a pod does."
    })
final class TrainCommand implements Callable<Integer> {
  @Parameters(arity = "0..1", paramLabel = "FILE", description = "YAML with a FusionTraining.")
  private @Nullable Path file;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description =
          "The data set's files (default: examples/data/CLAIM, or fetched from https or s3).")
  private @Nullable Path data;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "Pretrained weights, for a training with model.pretrained: .pth, a checkpoint,"
              + " safetensors; or the network's file, for one with model.module.")
  private @Nullable Path weights;

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      description =
          "Checkpoints, history, metrics, report, model and result (default: one in output/runs, to"
              + " which output/NAME leads).")
  private @Nullable Path output;

  @Mixin private final SetOption set = new SetOption();

  @Option(
      names = "--new",
      description = "Train anew, beside what was trained by this name: with a runId from the time.")
  private boolean another;

  @Mixin private final ProfileOption profile = new ProfileOption();

  private final StopSignal stop;
  private final RunConsole.Opening consoles;

  TrainCommand(StopSignal stop, RunConsole.Opening consoles) {
    this.stop = stop;
    this.consoles = consoles;
  }

  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (file == null) {
      return ofPod(System.getenv()).execute().code();
    }
    RunConfiguration run = TrainingFile.read(file, assignments()).toRun();
    Path folder = Folders.output(output, run);
    int code;
    try (RunConsole console = consoles.open(run.shortName())) {
      code = ofFile(run, folder, console).execute().code();
    }
    NamedRuns.tell(folder, Objects.requireNonNull(spec).commandLine().getOut());
    return code;
  }

  private TrainingRun ofPod(Map<String, String> environment) {
    List<FieldAssignment> assignments = assignments();
    if (data != null || weights != null || output != null || !assignments.isEmpty()) {
      throw TrainingFailure.badConfiguration(
          "--data, --weights, --output, --set and --new go with a FILE; a pod has all in its"
              + " environment");
    }
    RunFolders place = RunFolders.ofPod(environment);
    try {
      return new TrainingRun(
          RunJson.ofPod(environment),
          place,
          stop,
          new RunOptions(profile.wanted(), false, null, null));
    } catch (TrainingFailure e) {
      TrainingRun.tellUnread(place, e);
      throw e;
    }
  }

  private TrainingRun ofFile(RunConfiguration run, Path folder, @Nullable RunConsole console) {
    return new TrainingRun(
        run,
        RunFolders.ofFolders(Folders.data(data, run), weights, folder, run),
        stop,
        new RunOptions(profile.wanted(), false, output == null ? Folders.names() : null, console));
  }

  private List<FieldAssignment> assignments() {
    List<FieldAssignment> all = new ArrayList<>(set.assignments());
    if (another) {
      all.add(FieldAssignment.newRun(LocalDateTime.now(ZoneId.systemDefault())));
    }
    return all;
  }
}
