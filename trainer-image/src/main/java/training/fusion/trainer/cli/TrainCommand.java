package training.fusion.trainer.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import training.fusion.api.run.RunConfiguration;
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
          "Pretrained weights, for a training with model.pretrained: .pth, a checkpoint, safetensors.")
  private @Nullable Path weights;

  @Option(
      names = "--output",
      paramLabel = "FOLDER",
      description =
          "Checkpoints, history, metrics, report, model and result (default: output/NAME).")
  private @Nullable Path output;

  @Mixin private final ProfileOption profile = new ProfileOption();

  private final StopSignal stop;

  TrainCommand(StopSignal stop) {
    this.stop = stop;
  }

  @Override
  public Integer call() {
    return (file == null ? ofPod(System.getenv()) : ofFile(file)).execute().code();
  }

  private TrainingRun ofPod(Map<String, String> environment) {
    if (data != null || weights != null || output != null) {
      throw TrainingFailure.badConfiguration(
          "--data, --weights and --output go with a FILE; a pod has them in its environment");
    }
    RunFolders place = RunFolders.ofPod(environment);
    try {
      return new TrainingRun(
          RunJson.ofPod(environment), place, stop, new RunOptions(profile.wanted(), false));
    } catch (TrainingFailure e) {
      TrainingRun.tellUnread(place, e);
      throw e;
    }
  }

  private TrainingRun ofFile(Path yaml) {
    RunConfiguration run = TrainingFile.read(yaml).toRun();
    Path folder = Folders.output(output, run);
    return new TrainingRun(
        run,
        RunFolders.ofFolders(Folders.data(data, run), weights, folder, run),
        stop,
        new RunOptions(profile.wanted(), false));
  }
}
