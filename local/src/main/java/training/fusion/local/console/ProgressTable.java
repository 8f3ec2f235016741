package training.fusion.local.console;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import training.fusion.api.resource.FusionTraining;

/**
 * Shows trainings while they run: a table that is written over on a terminal, a line per change
 * elsewhere.
 */
public final class ProgressTable {
  private static final int GREEN = 32;
  private static final int RED = 31;
  private static final int BOLD = 1;
  private static final int BAR = 16;
  private static final Duration QUIET = Duration.ofSeconds(30);

  private static final List<String> ORDER =
      List.of("Running", "Starting", "Failed", "Suspended", "Pending", "Succeeded");

  private final Terminal terminal;
  private final Map<String, String> told = new HashMap<>();
  private final Map<String, Instant> toldAt = new HashMap<>();
  private int linesBelow;

  /** Shows them there. */
  public ProgressTable(Terminal terminal) {
    this.terminal = terminal;
  }

  /** A sentence, which stays. */
  public synchronized void say(String sentence) {
    erase();
    terminal.stream().println(sentence);
  }

  /** How they are now. */
  public synchronized void show(List<FusionTraining> trainings, Instant now) {
    List<ProgressRow> rows =
        trainings.stream().map(training -> ProgressRow.of(training, now)).toList();
    if (terminal.live()) {
      table(rows);
    } else {
      rows.forEach(row -> line(row, now));
    }
  }

  /** Ends the table, so that what follows stands below it. */
  public synchronized void end() {
    linesBelow = 0;
  }

  private void table(List<ProgressRow> rows) {
    int name = Math.max(4, rows.stream().mapToInt(row -> row.name().length()).max().orElse(4));
    name = Math.min(name, Math.max(8, terminal.width() - 90));
    erase();
    String format =
        "%-" + name + "." + name + "s  %-9s  %-" + (BAR + 5) + "s  %5s  %8s  %6s  %8s  %6s  %6s";
    write(
        terminal.coloured(
            fit(
                format.formatted(
                    "NAME",
                    "STATE",
                    "PROGRESS",
                    "EPOCH",
                    "IMAGES/S",
                    "ETA",
                    "ACCURACY",
                    "LOSS",
                    "F1")),
            BOLD));
    List<ProgressRow> shown = shown(rows);
    for (ProgressRow row : shown) {
      String text =
          fit(
              format.formatted(
                  row.name(),
                  row.state(),
                  bar(row.percent()),
                  row.epoch(),
                  row.speed(),
                  row.remaining(),
                  row.accuracy(),
                  row.loss(),
                  row.f1()));
      write(
          switch (row.state()) {
            case "Succeeded" -> terminal.coloured(text, GREEN);
            case "Failed" -> terminal.coloured(text, RED);
            default -> text;
          });
    }
    linesBelow = shown.size() + 1;
    if (shown.size() < rows.size()) {
      write(fit("and %d more: %s".formatted(rows.size() - shown.size(), others(rows, shown))));
      linesBelow++;
    }
    terminal.stream().flush();
  }

  /** As many as the terminal has lines for, those that run before those that wait or have ended. */
  private List<ProgressRow> shown(List<ProgressRow> rows) {
    int room = terminal.height() - 2; // the heading, and the line on which the cursor rests
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

  private static String bar(int percent) {
    int full = Math.min(BAR, percent * BAR / 100);
    return "█".repeat(full) + "░".repeat(BAR - full) + "%4d%%".formatted(percent);
  }

  private String fit(String line) {
    return line.length() < terminal.width() ? line : line.substring(0, terminal.width() - 1);
  }

  private void write(String line) {
    terminal.stream().print("\r\u001b[2K" + line + "\n");
  }

  private void erase() {
    if (linesBelow > 0) {
      terminal.stream().print("\u001b[" + linesBelow + "A\u001b[J");
      linesBelow = 0;
    }
  }

  /** One line when state, epoch or metrics change, or when nothing was said for a while. */
  private void line(ProgressRow row, Instant now) {
    String essence = row.state() + row.epoch() + row.accuracy();
    Instant last = toldAt.getOrDefault(row.name(), Instant.EPOCH);
    boolean changed = !essence.equals(told.put(row.name(), essence));
    boolean moving = row.state().equals("Running") && now.isAfter(last.plus(QUIET));
    if (!changed && !moving) {
      return;
    }
    toldAt.put(row.name(), now);
    var line = new StringBuilder(row.name() + ": " + row.state());
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
    if (!value.equals("–")) {
      line.append(", ").append(label).append(value);
    }
  }
}
