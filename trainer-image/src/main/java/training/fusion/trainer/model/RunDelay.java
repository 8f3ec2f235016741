package training.fusion.trainer.model;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How long this process's threads wait for a core though they could run: the second figure of
 * Linux's {@code schedstat}.
 */
final class RunDelay {
  private final Path threads;
  private Map<String, Long> before = new HashMap<>();
  private long at = System.nanoTime();

  private RunDelay(Path threads) {
    this.threads = threads;
  }

  /** Empty where the kernel does not tell. */
  static Optional<RunDelay> ofThisProcess() {
    if (!Files.isReadable(Path.of("/proc/self/schedstat"))) {
      return Optional.empty();
    }
    var delay = new RunDelay(Path.of("/proc/self/task"));
    delay.sinceLast();
    return Optional.of(delay);
  }

  /** Of all threads together since this was asked last, in seconds for each second. */
  double sinceLast() {
    Map<String, Long> now = read();
    long waited = 0;
    for (var thread : now.entrySet()) {
      waited += thread.getValue() - before.getOrDefault(thread.getKey(), thread.getValue());
    }
    long time = System.nanoTime();
    double share = (double) waited / Math.max(1, time - at);
    before = now;
    at = time;
    return share;
  }

  private Map<String, Long> read() {
    Map<String, Long> nanoseconds = new HashMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(threads)) {
      for (Path thread : entries) {
        figure(thread).ifPresent(it -> nanoseconds.put(String.valueOf(thread.getFileName()), it));
      }
    } catch (IOException e) {
      return before; // no descriptor is left, say: another time
    }
    return nanoseconds;
  }

  private static Optional<Long> figure(Path thread) {
    try {
      String[] figures = Files.readString(thread.resolve("schedstat")).strip().split(" ", -1);
      return Optional.of(Long.parseLong(figures[1]));
    } catch (IOException e) {
      return Optional.empty(); // it has ended meanwhile
    }
  }
}
