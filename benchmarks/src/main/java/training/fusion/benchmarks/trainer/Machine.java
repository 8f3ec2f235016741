package training.fusion.benchmarks.trainer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import training.fusion.benchmarks.race.Contestant;
import training.fusion.benchmarks.race.Program;

/**
 * How contestants are started here.
 *
 * @param device cpu or cuda
 * @param secondsPerRound how long a contestant works before the next one's turn
 * @param python interpreter that has PyTorch
 * @param peer pytorch.py
 * @param pictures folder of JPEG files
 * @param modules folder of networks as TorchScript files, as modules.py writes them
 */
record Machine(
    String device, double secondsPerRound, Path python, Path peer, Path pictures, Path modules) {
  private static final Map<String, String> ENVIRONMENT =
      Map.of(
          "DJL_OFFLINE", "true",
          "OPT_OUT_TRACKING", "true",
          "GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");

  /** Our side, with the options and variables that {@code ./fusion} gives the trainer. */
  Supplier<Contestant> ours(String name, String task, List<String> words) {
    return ours(name, List.of(), task, words);
  }

  /**
   * Our side with less than the whole machine.
   *
   * @param before what its command line begins with: a program that starts another with limits
   */
  Supplier<Contestant> ours(String name, List<String> before, String task, List<String> words) {
    List<String> command = new ArrayList<>(before);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path")));
    command.add(Ours.class.getName());
    command.addAll(List.of(device, Double.toString(secondsPerRound), task));
    command.addAll(words);
    return () -> Program.start(name, command, ENVIRONMENT);
  }

  /**
   * PyTorch's side.
   *
   * @param variant as pytorch.py has them
   */
  Supplier<Contestant> peer(String name, String task, String variant, List<String> words) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(python.toString(), peer.toString(), device));
    command.addAll(List.of(Double.toString(secondsPerRound), task, variant));
    command.addAll(words);
    return () -> Program.start(name, command, Map.of());
  }
}
