package training.fusion.local;

import java.util.Objects;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** {@code ./fusion run}; the script starts the trainer's own commands without us. */
@Command(
    name = "./fusion",
    subcommands = RunCommand.class,
    description = "Trains what FusionTraining resources ask for, on this machine.")
public final class Main {
  /** Exit status for input that can't be used, as the trainer's. */
  static final int BAD_INPUT = 64;

  private Main() {}

  /** Runs a command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    System.exit(
        new CommandLine(new Main())
            .setParameterExceptionHandler(
                (wrong, given) -> {
                  System.err.println(wrong.getMessage());
                  System.err.println("./fusion help tells the commands and options");
                  return BAD_INPUT;
                })
            .setExecutionExceptionHandler(
                (problem, command, parsed) -> {
                  System.err.println(
                      Objects.requireNonNullElse(problem.getMessage(), problem.toString()));
                  if (!(problem instanceof BadInput)) {
                    problem.printStackTrace();
                  }
                  return problem instanceof BadInput ? BAD_INPUT : 70;
                })
            .execute(arguments));
  }
}
