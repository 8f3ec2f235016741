package training.fusion.benchmarks.race;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A program that waits to do its work. It writes {@code ready} after its first piece of work; for
 * each line {@code go} it works for a round and writes {@code seconds units}; for {@code end} it
 * writes the most memory that it held, in bytes, and ends. What else it has to say goes to standard
 * error.
 */
public final class Program implements Contestant {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final String name;
  private final Process process;
  private final BufferedReader answers;
  private final Writer orders;
  private final double startSeconds;

  private Program(String name, Process process, long started) throws IOException {
    this.name = name;
    this.process = process;
    this.answers = process.inputReader(StandardCharsets.UTF_8);
    this.orders = process.outputWriter(StandardCharsets.UTF_8);
    expect("ready", answer());
    this.startSeconds = (System.nanoTime() - started) / 1e9;
  }

  /**
   * Starts a program and waits until it is ready.
   *
   * @param environment beside this process's own
   * @throws IllegalStateException if it ends before, with the program's name
   */
  public static Program start(String name, List<String> command, Map<String, String> environment) {
    var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(environment);
    long started = System.nanoTime();
    try {
      return new Program(name, builder.start(), started);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double startSeconds() {
    return startSeconds;
  }

  @Override
  public Round round() {
    try {
      String answer = ask("go");
      int space = answer.indexOf(' ');
      return new Round(
          Double.parseDouble(answer.substring(0, space)),
          Double.parseDouble(answer.substring(space + 1)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public long end() {
    try {
      return Long.parseLong(ask("end"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      close();
    }
  }

  private String ask(String order) throws IOException {
    orders.write(order + "\n");
    orders.flush();
    return answer();
  }

  private String answer() throws IOException {
    return Objects.requireNonNullElseGet(
        answers.readLine(),
        () -> {
          throw new IllegalStateException(name + " ended without an answer; what it said is above");
        });
  }

  private void expect(String word, String said) {
    if (!said.equals(word)) {
      close();
      throw new IllegalStateException("%s said %s, not %s".formatted(name, said, word));
    }
  }

  @Override
  public void close() {
    try {
      process.destroy();
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
