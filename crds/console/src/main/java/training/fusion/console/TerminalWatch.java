package training.fusion.console;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The size of the terminal while it changes: Java can't ask, {@code stty} can. */
public final class TerminalWatch {
  private static final Duration EACH = Duration.ofSeconds(2);
  private static final File TERMINAL = new File("/dev/tty");
  private static final long PATIENCE_MILLISECONDS = 500;

  private boolean asks;
  private Instant next = Instant.EPOCH;

  /**
   * @param terminal nothing is asked of what is none
   */
  public TerminalWatch(Terminal terminal) {
    asks = terminal.live();
  }

  /** The size now, asked every other second; empty: not asked, or not to be had. */
  public Optional<Terminal.Size> size(Instant now) {
    if (!asks || now.isBefore(next)) {
      return Optional.empty();
    }
    next = now.plus(EACH);
    try {
      return ask();
    } catch (IOException | UncheckedIOException e) {
      asks = false; // no such program, or no terminal any more
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static Optional<Terminal.Size> ask() throws IOException, InterruptedException {
    Process stty =
        new ProcessBuilder("stty", "size")
            .redirectInput(TERMINAL)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!stty.waitFor(PATIENCE_MILLISECONDS, TimeUnit.MILLISECONDS)) {
      stty.destroyForcibly();
      return Optional.empty();
    }
    String answer = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String[] numbers = answer.strip().split(" ", -1);
    return numbers.length == 2
        ? Optional.of(Terminal.Size.of(numbers[1], numbers[0]))
        : Optional.empty();
  }
}
