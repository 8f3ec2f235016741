package training.fusion.e2e.faults;

import java.io.IOException;
import java.io.UncheckedIOException;

/** What a process is told without being asked. */
enum Signal {
  /** Stands still, with all its threads and connections. */
  STOP,
  /** Goes on. */
  CONT,
  /** Ends in good order. */
  TERM;

  void send(long process) {
    try {
      int code =
          new ProcessBuilder("kill", "-" + name(), String.valueOf(process))
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new IllegalStateException("kill -" + name() + " " + process + " ended with " + code);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
