package training.fusion.trainer;

import training.fusion.trainer.cli.FusionTrainer;
import training.fusion.trainer.cli.RunConsole;
import training.fusion.trainer.process.StopSignal;

/** Where the process begins. */
public final class Main {
  private Main() {}

  /** Runs a command and ends the process with one of the contract's exit codes. */
  public static void main(String[] arguments) {
    StopSignal stop = StopSignal.install();
    try {
      RunConsole.Opening consoles = name -> RunConsole.open(name, System.getenv());
      stop.exit(FusionTrainer.commandLine(stop, consoles).execute(arguments));
    } catch (Throwable e) { // a command's exceptions are told before; this is an error
      stop.failed(e);
    }
  }
}
