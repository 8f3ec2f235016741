package training.fusion.trainer.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.StoppedEarly;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.ResultFile;
import training.fusion.trainer.run.FurtherTraining;
import training.fusion.trainer.run.RunFolders;
import training.fusion.trainer.run.RunOptions;
import training.fusion.trainer.run.TrainingRun;
import training.fusion.trainer.train.Settings;

/** Goes on with a run whose folder says all that is needed. */
@Command(
    name = "resume",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Goes on with a run from its newest checkpoint; nothing but its folder is needed.",
      "One that paused after an epoch goes on to its end.",
      "With --epochs, a run that is finished is trained further."
    })
final class ResumeCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN", description = NamedRuns.DESCRIPTION)
  private @Nullable Path folder;

  @Option(
      names = "--epochs",
      paramLabel = "NUMBER",
      description = {
        "Train to this many epochs in all, more than the configuration says.",
        "A schedule of the learning rate is stretched: what is left follows it as in a run of that"
            + " length.",
        "After early stopping, patience counts anew."
      })
  private @Nullable Integer epochs;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "The data set's files (default: where the run found them).")
  private @Nullable Path data;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = {
        "Pretrained weights, if the run has not saved a checkpoint yet.",
        "Of one's own network its file (default: where the run found it)."
      })
  private @Nullable Path weights;

  @Option(
      names = "--accept-changed-data",
      description = {
        "Go on although the data set is not as it was: pictures are new or gone, or classes gone.",
        "Each known picture stays in its part; of the new ones each part takes what it lacks."
      })
  private boolean acceptsChangedData;

  @Mixin private final ProfileOption profile = new ProfileOption();

  @Spec private @Nullable CommandSpec spec;

  private final StopSignal stop;
  private final RunConsole.Opening consoles;

  ResumeCommand(StopSignal stop, RunConsole.Opening consoles) {
    this.stop = stop;
    this.consoles = consoles;
  }

  @Override
  public Integer call() {
    Path output = NamedRuns.folder(Objects.requireNonNull(folder));
    int code = resumed(output);
    NamedRuns.tell(output, Objects.requireNonNull(spec).commandLine().getOut());
    return code;
  }

  private int resumed(Path output) {
    RunConfiguration run = ConfigurationFile.unpaused(ConfigurationFile.read(output));
    if (epochs == null) {
      return resumed(run, output, UnaryOperator.identity());
    }
    Optional<StoppedEarly> stopped = ResultFile.read(output).map(RunResult::stoppedEarly);
    check(run, epochs, stopped);
    return resumed(
        ConfigurationFile.prolonged(run, epochs),
        output,
        options ->
            options.trainedFurther(
                stopped.map(early -> new FurtherTraining(early.epoch())).orElse(null)));
  }

  private int resumed(RunConfiguration run, Path output, UnaryOperator<RunOptions> more) {
    RunFolders place =
        RunFolders.ofFolders(
            Folders.data(data, run, output), Folders.weights(weights, output), output, run);
    try (RunConsole console = consoles.open(run.shortName())) {
      var options = new RunOptions(profile.wanted(), acceptsChangedData, null, console);
      return new TrainingRun(run, place, stop, more.apply(options)).execute().code();
    }
  }

  private static void check(RunConfiguration run, int epochs, Optional<StoppedEarly> stopped) {
    int before = Settings.of(run).epochs();
    if (epochs < before || (epochs == before && stopped.isEmpty())) {
      throw TrainingFailure.badConfiguration(
          "--epochs %d: the run has %d epochs already%s; give more, or none to go on as it is"
              .formatted(
                  epochs,
                  before,
                  stopped
                      .map(early -> " and was stopped early after %d".formatted(early.epoch()))
                      .orElse("")));
    }
  }
}
