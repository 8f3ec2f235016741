package training.fusion.trainer.cli;

import java.io.PrintWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.process.FailureDescriptions;
import training.fusion.trainer.process.StopSignal;

/** The trainer's commands. */
@Command(
    name = "./fusion",
    description = "Trains image classifiers with a fusion optimizer.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND")
public final class FusionTrainer implements Runnable {
  @Spec private @Nullable CommandSpec spec;

  private FusionTrainer() {}

  /** The command line; its exit codes are those of {@link ExitCode}. */
  public static CommandLine commandLine(StopSignal stop) {
    return commandLine(stop, name -> null);
  }

  /**
   * As {@link #commandLine(StopSignal)}.
   *
   * @param consoles show how runs get on
   */
  public static CommandLine commandLine(StopSignal stop, RunConsole.Opening consoles) {
    return new CommandLine(new FusionTrainer())
        .addSubcommand(new TrainCommand(stop, consoles))
        .addSubcommand(new ResumeCommand(stop, consoles))
        .addSubcommand(new EvaluateCommand(stop))
        .addSubcommand(new PredictCommand())
        .addSubcommand(new BlocksCommand())
        .addSubcommand(new DryRunCommand())
        .addSubcommand(new ReportCommand())
        .addSubcommand(new RunsCommand())
        .addSubcommand(new CompareCommand())
        .addSubcommand(new DataCommand())
        .addSubcommand(new PackCommand())
        .addSubcommand(new VersionCommand())
        .setParameterExceptionHandler((e, arguments) -> refused(e))
        .setExecutionExceptionHandler(FusionTrainer::failed);
  }

  @Override
  public void run() {
    throw new ParameterException(
        Objects.requireNonNull(spec).commandLine(),
        "a command is missing: train, resume, evaluate, predict, report, runs, compare, blocks,"
            + " dry-run, data or version");
  }

  private static int refused(ParameterException e) {
    PrintWriter err = e.getCommandLine().getErr();
    err.println(
        e.getMessage()
            + "; see "
            + e.getCommandLine().getCommandSpec().qualifiedName()
            + " --help");
    return ExitCode.BAD_CONFIGURATION.code();
  }

  /** One sentence for a person, also where an error of another thread lies deeper. */
  private static int failed(Exception e, CommandLine command, CommandLine.ParseResult arguments) {
    TrainingFailure failure = FailureDescriptions.describe(e);
    command.getErr().println(failure.getMessage());
    return failure.exitCode().code();
  }
}
