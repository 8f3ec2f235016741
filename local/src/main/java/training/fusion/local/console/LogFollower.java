package training.fusion.local.console;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Repeats what pods write to their logs, a line at a time with the pod's name before it. */
public final class LogFollower {
  /** Lines of trainers about what a person may have to do something about. */
  public static final Predicate<String> WARNINGS =
      Pattern.compile("\\d\\d:\\d\\d:\\d\\d WARN .*").asMatchPredicate();

  private static final String SUFFIX = ".log";

  private final Path folder;
  private final Predicate<String> wanted;
  private final Consumer<String> lines;
  private final Map<Path, Long> read = new HashMap<>();

  /**
   * Follows the logs in a folder; what they hold already is not repeated.
   *
   * @param wanted which lines are
   */
  public LogFollower(Path folder, Predicate<String> wanted, Consumer<String> lines)
      throws IOException {
    this.folder = folder;
    this.wanted = wanted;
    this.lines = lines;
    for (Path log : logs()) {
      read.put(log, Files.size(log));
    }
  }

  /** Repeats the lines that came since the last call. */
  public void follow() throws IOException {
    for (Path log : logs()) {
      try (var file = new RandomAccessFile(log.toFile(), "r")) {
        long from = read.getOrDefault(log, 0L);
        byte[] added = new byte[(int) Math.min(Integer.MAX_VALUE / 2, file.length() - from)];
        file.seek(from);
        file.readFully(added);
        String text = new String(added, StandardCharsets.UTF_8);
        int end = text.lastIndexOf('\n') + 1;
        String name = log.getFileName().toString();
        String pod = name.substring(0, name.length() - SUFFIX.length());
        text.substring(0, end)
            .lines()
            .filter(wanted)
            .forEach(line -> lines.accept(pod + " | " + line));
        read.put(log, from + text.substring(0, end).getBytes(StandardCharsets.UTF_8).length);
      }
    }
  }

  private List<Path> logs() throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(SUFFIX)).sorted().toList();
    }
  }
}
