package training.fusion.benchmarks.trainer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import training.fusion.benchmarks.race.Race;

/** {@code benchmarks/run trainer}: the tables of docs/benchmarks.md, on standard output. */
@Command(
    name = "trainer",
    description = "The trainer against PyTorch, round by round.",
    mixinStandardHelpOptions = true)
public final class TrainerBenchmark implements Callable<Integer> {
  @Option(
      names = "--rounds",
      description = "Turns of each contestant (default: ${DEFAULT-VALUE}).",
      defaultValue = "5")
  private int rounds;

  @Option(
      names = "--seconds",
      description = "Least length of a turn (default: ${DEFAULT-VALUE}).",
      defaultValue = "5")
  private double seconds;

  @Option(
      names = "--device",
      description = "cpu or cuda (default: ${DEFAULT-VALUE}).",
      defaultValue = "cpu")
  private String device = "cpu";

  @Option(names = "--only", description = "Races whose title has this regular expression.")
  private Pattern only = Pattern.compile("");

  @Option(names = "--sizes", description = "Speed over batch and picture sizes, too.")
  private boolean sizes;

  @Option(names = "--shared", description = "Those on a machine that others use, alone.")
  private boolean shared;

  @Option(names = "--compile", description = "torch.compile too; it needs a C++ compiler.")
  private boolean compile;

  @Option(names = "--python", required = true, description = "Interpreter that has PyTorch.")
  private Path python = Path.of("python3");

  @Option(names = "--peer", required = true, description = "pytorch.py.")
  private Path peer = Path.of("pytorch.py");

  @Option(names = "--pictures", required = true, description = "Folder of JPEG files.")
  private Path pictures = Path.of("pictures");

  @Option(names = "--modules", required = true, description = "Folder of TorchScript files.")
  private Path modules = Path.of("modules");

  /** Runs it. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new TrainerBenchmark()).execute(arguments));
  }

  @Override
  public Integer call() {
    var machine = new Machine(device, seconds, python, peer, pictures, modules);
    var races = new Races(machine, compile);
    List<Race> chosen = new ArrayList<>(shared ? races.shared() : races.all());
    if (sizes) {
      chosen.addAll(races.sizes());
    }
    chosen.removeIf(race -> !only.matcher(race.title()).find());
    for (Race race : chosen) {
      System.out.println(race.run(rounds).markdown());
    }
    return 0;
  }
}
