package training.fusion.trainer.cli;

import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.train.Place;
import training.fusion.trainer.train.Run;
import training.fusion.trainer.train.StopSignal;

/** Trains to the end, or goes on from the newest checkpoint. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    description = {
      "Trains, or goes on from the newest checkpoint in the output folder.",
      "Without options it takes its configuration from the environment, as a pod does."
    })
final class TrainCommand implements Callable<Integer> {
  @ArgGroup(exclusive = false)
  private @Nullable Files files;

  private final StopSignal stop;

  TrainCommand(StopSignal stop) {
    this.stop = stop;
  }

  /** Options for a machine without a cluster; data and weights may be fetched instead. */
  static final class Files {
    @Option(
        names = "--file",
        required = true,
        paramLabel = "YAML",
        description = "A FusionTraining.")
    private @Nullable Path file;

    @Option(
        names = "--data",
        paramLabel = "FOLDER",
        description = "The data set's files; not needed for those from https or s3.")
    private @Nullable Path data;

    @Option(
        names = "--weights",
        paramLabel = "FILE",
        description =
            "Pretrained weights, for a training with model.pretrained: .pth or safetensors.")
    private @Nullable Path weights;

    @Option(
        names = "--output",
        required = true,
        paramLabel = "FOLDER",
        description = "Checkpoints, history, metrics, model and result.")
    private @Nullable Path output;
  }

  @Override
  public Integer call() {
    return (files == null ? ofPod(System.getenv()) : ofFiles(files)).execute().code();
  }

  private Run ofPod(Map<String, String> environment) {
    Place place = Place.ofPod(environment);
    try {
      return new Run(RunJson.ofPod(environment), place, stop);
    } catch (TrainingFailure e) {
      Run.tellUnread(place, e);
      throw e;
    }
  }

  private Run ofFiles(Files files) {
    RunConfiguration run = TrainingFile.read(Objects.requireNonNull(files.file)).toRun();
    Path output = Objects.requireNonNull(files.output);
    String resumeFrom = run.checkpoint() == null ? null : run.checkpoint().resumeFrom();
    return new Run(run, Place.ofFolders(files.data, files.weights, output, resumeFrom), stop);
  }
}
