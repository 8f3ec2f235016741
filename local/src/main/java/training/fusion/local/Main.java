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

  /** Exit status for what went wrong in here, as the trainer's. */
  private static final int INTERNAL = 70;

  private Main() {}

  /** Runs a command and ends the process with its exit status. */
  public static void main(String[] arguments) {
    Thread.setDefaultUncaughtExceptionHandler(Main::died);
    try {
      System.exit(run(arguments));
    } catch (Throwable e) { // a command's exceptions are told before; this is an error
      end(e);
    }
  }

  /** The launcher's commands, for whoever describes them. */
  public static CommandLine commandLine() {
    return new CommandLine(new Main());
  }

  private static int run(String[] arguments) {
    return commandLine()
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
              return problem instanceof BadInput ? BAD_INPUT : INTERNAL;
            })
        .execute(arguments);
  }

  private static void died(Thread thread, Throwable e) {
    if (e instanceof Error) {
      end(e);
    }
    System.err.println("the thread " + thread.getName() + " has ended unexpectedly");
    e.printStackTrace();
  }

  /**
   * Ends the process for an error after which nothing in it can be relied upon. The trainers hang
   * on its pipe: they save and end.
   */
  private static void end(Throwable e) {
    try {
      System.err.println("the launcher could go on no more: " + e);
      System.err.println(
          "its trainers finish their step, save a checkpoint and end; the same command goes on");
    } finally {
      Runtime.getRuntime().halt(INTERNAL);
    }
  }
}
