package training.fusion.trainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import training.fusion.trainer.Main;

/** The trainer in a process of its own, with the virtual machine's options that its users have. */
final class TrainerProcess implements AutoCloseable {
  /** As {@code ./fusion} and the node of {@code ./fusion run} start it. */
  private static final List<String> OPTIONS = List.of("-XX:+UseSerialGC");

  private final Process process;
  private final Path log;

  private TrainerProcess(Process process, Path log) {
    this.process = process;
    this.log = log;
  }

  /**
   * Starts it.
   *
   * @param log takes all that it says
   */
  static TrainerProcess start(Path log, String... arguments) throws IOException {
    return start(log, List.of(), OPTIONS, Main.class, arguments);
  }

  /**
   * Starts a program.
   *
   * @param before what the line begins with: a program that starts another with other limits
   * @param options of the virtual machine
   */
  static TrainerProcess start(
      Path log, List<String> before, List<String> options, Class<?> program, String... arguments)
      throws IOException {
    List<String> line = new ArrayList<>(before);
    line.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    line.addAll(options);
    line.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    line.addAll(List.of(arguments));
    return new TrainerProcess(
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile()).start(),
        log);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits for its end. */
  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** SIGINT, as Ctrl-C. */
  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", String.valueOf(process.pid())).start().waitFor();
  }

  /** Waits until it has said something; false if it ended before. */
  boolean awaitWords(String words) throws IOException, InterruptedException {
    while (process.isAlive() && !said().contains(words)) {
      process.waitFor(20, TimeUnit.MILLISECONDS);
    }
    return said().contains(words);
  }

  /** SIGKILL; false if it had ended before. */
  boolean kill() throws InterruptedException {
    process.destroyForcibly();
    return process.waitFor() == 128 + 9;
  }

  /** All that it has said. */
  String said() throws IOException {
    return Files.readString(log);
  }

  /** Resident memory; 0 once it has ended. Linux only. */
  long residentBytes() throws IOException {
    Path status = Path.of("/proc/%d/status".formatted(process.pid()));
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("[^0-9]", "")))
        .findFirst()
        .orElse(0);
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
