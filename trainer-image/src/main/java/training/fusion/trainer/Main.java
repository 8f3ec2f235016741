package training.fusion.trainer;

import java.util.Set;
import training.fusion.trainer.cli.FusionTrainer;
import training.fusion.trainer.cli.RunConsole;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.process.StopSignal;

/** Where the process begins. */
public final class Main {
  private static final Set<String> COMPUTING = Set.of("train", "resume", "evaluate", "predict");

  private Main() {}

  /** Runs a command and ends the process with one of the contract's exit codes. */
  public static void main(String[] arguments) {
    StopSignal stop = StopSignal.install();
    try {
      if (arguments.length > 0 && COMPUTING.contains(arguments[0])) {
        Libtorch.prepare(); // while files are read and checked
      }
      RunConsole.Opening consoles = name -> RunConsole.open(name, System.getenv());
      stop.exit(FusionTrainer.commandLine(stop, consoles).execute(arguments));
    } catch (Throwable e) { // a command's exceptions are told before; this is an error
      stop.failed(e);
    }
  }
}
