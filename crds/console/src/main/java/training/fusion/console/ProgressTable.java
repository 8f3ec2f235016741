package training.fusion.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Shows runs while they go on: a table that is written over on a terminal, a line per change
 * elsewhere.
 */
public final class ProgressTable {
  private static final int GREEN = 32;
  private static final int RED = 31;
  private static final int BOLD = 1;
  private static final Duration QUIET = Duration.ofSeconds(30);

  private static final List<String> ORDER =
      List.of(
          ProgressRow.RUNNING, "Starting", "Failed", "Suspended", "Paused", "Pending", "Succeeded");

  /** Phases whose change is no news where lines stay. */
  private static final Set<String> EACH_EPOCH = Set.of("Training", "Evaluating", "Saving");

  private final Map<String, String> told = new HashMap<>();
  private final Map<String, Instant> toldAt = new HashMap<>();

  /** Lengths of the lines that will be written over. */
  private final List<Integer> drawn = new ArrayList<>();

  private Terminal terminal;

  /** Shows them there. */
  public ProgressTable(Terminal terminal) {
    this.terminal = terminal;
  }

  /** A sentence, which stays. */
  public synchronized void say(String sentence) {
    erase();
    terminal.stream().println(sentence);
  }

  /** The terminal's size is another from now on. */
  public synchronized void resize(Terminal.Size size) {
    terminal = terminal.resized(size);
  }

  /** How they are now. */
  public synchronized void show(List<ProgressRow> rows, Instant now) {
    if (terminal.live()) {
      table(rows);
    } else {
      rows.forEach(row -> line(row, now));
    }
  }

  /** Ends the table, so that what follows stands below it. */
  public synchronized void end() {
    drawn.clear();
  }

  private void table(List<ProgressRow> rows) {
    int longest = rows.stream().mapToInt(row -> row.name().length()).max().orElse(0);
    var columns = new ProgressColumns(terminal.size().width(), longest);
    erase();
    String heading = columns.heading();
    write(heading, terminal.coloured(heading, BOLD));
    List<ProgressRow> shown = shown(rows);
    for (ProgressRow row : shown) {
      String text = columns.line(row);
      write(
          text,
          switch (row.state()) {
            case "Succeeded" -> terminal.coloured(text, GREEN);
            case "Failed" -> terminal.coloured(text, RED);
            default -> text;
          });
    }
    if (shown.size() < rows.size()) {
      String more = "and %d more: %s".formatted(rows.size() - shown.size(), others(rows, shown));
      String fitting = more.substring(0, Math.min(more.length(), terminal.size().width() - 1));
      write(fitting, fitting);
    }
    terminal.stream().flush();
  }

  /** As many as the terminal has lines for, those that run before those that wait or have ended. */
  private List<ProgressRow> shown(List<ProgressRow> rows) {
    int room = terminal.size().height() - 2; // the heading, and the line on which the cursor rests
    if (rows.size() <= room) {
      return rows;
    }
    return rows.stream()
        .sorted(Comparator.comparingInt(row -> ORDER.indexOf(row.state())))
        .limit(room - 1L)
        .toList();
  }

  /** Of those that found no room, how many are in which state: {@code "3 Pending, 9 Succeeded"}. */
  private static String others(List<ProgressRow> rows, List<ProgressRow> shown) {
    return rows.stream()
        .filter(row -> !shown.contains(row))
        .collect(Collectors.groupingBy(ProgressRow::state, TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .map(state -> state.getValue() + " " + state.getKey())
        .collect(Collectors.joining(", "));
  }

  private void write(String text, String coloured) {
    terminal.stream().print("\r\u001b[2K" + coloured + "\n");
    drawn.add(text.length());
  }

  /** A line that was written on a wider terminal stands on several lines of a narrower one. */
  private void erase() {
    int width = terminal.size().width();
    int lines = drawn.stream().mapToInt(length -> Math.max(1, (length + width - 1) / width)).sum();
    if (lines > 0) {
      terminal.stream().print("\u001b[" + lines + "A\u001b[J");
      drawn.clear();
    }
  }

  /** One line when phase, epoch or metrics change, or when nothing was said for a while. */
  private void line(ProgressRow row, Instant now) {
    String phase = EACH_EPOCH.contains(row.phase()) ? "" : row.phase();
    String essence = row.state() + phase + row.epoch() + row.accuracy();
    Instant last = toldAt.getOrDefault(row.name(), Instant.EPOCH);
    boolean changed = !essence.equals(told.put(row.name(), essence));
    boolean moving = row.isRunning() && now.isAfter(last.plus(QUIET));
    if (!changed && !moving) {
      return;
    }
    toldAt.put(row.name(), now);
    var line = new StringBuilder(row.name() + ": " + row.phase());
    append(line, "epoch ", row.epoch());
    if (row.percent() > 0) {
      append(line, "", row.percent() + "%");
    }
    append(line, "images/s ", row.speed());
    append(line, "ETA ", row.remaining());
    append(line, "accuracy ", row.accuracy());
    append(line, "loss ", row.loss());
    append(line, "f1 ", row.f1());
    terminal.stream().println(line);
  }

  private static void append(StringBuilder line, String label, String value) {
    if (!value.equals(ProgressRow.NOTHING)) {
      line.append(", ").append(label).append(value);
    }
  }
}
