package training.fusion.trainer.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunPhase;
import training.fusion.console.ProgressRow;
import training.fusion.console.ProgressTable;
import training.fusion.console.Terminal;
import training.fusion.console.TerminalWatch;
import training.fusion.trainer.report.ProgressListener;

/** Shows a run below its log, as {@code ./fusion run} does, where standard error is a terminal. */
public final class RunConsole implements ProgressListener, AutoCloseable {
  private static final Duration EACH = Duration.ofMillis(300);

  /** Opens one for a run. */
  @FunctionalInterface
  public interface Opening {
    /** Null where nobody looks. */
    @Nullable RunConsole open(String name);
  }

  private final PrintStream before;
  private final ProgressTable table;
  private final TerminalWatch watch;
  private final String name;
  private @Nullable ProgressReport newest;
  private Instant end = Instant.EPOCH;
  private Instant drawn = Instant.EPOCH;

  private RunConsole(String name, Terminal terminal, PrintStream before) {
    this.name = name;
    this.before = before;
    table = new ProgressTable(terminal);
    watch = new TerminalWatch(terminal);
  }

  /**
   * From now on what is written to standard error stands above the run; null: it is no terminal.
   */
  public static @Nullable RunConsole open(String name, Map<String, String> environment) {
    PrintStream before = System.err;
    Terminal terminal = Terminal.of(before, true, environment);
    if (!terminal.live()) {
      return null;
    }
    var console = new RunConsole(name, terminal, before);
    System.setErr(new PrintStream(console.new Lines(), true, StandardCharsets.UTF_8));
    console.draw(Instant.now());
    return console;
  }

  @Override
  public synchronized void offer(LongFunction<ProgressReport> report) {
    Instant now = Instant.now();
    if (now.isAfter(drawn.plus(EACH))) {
      take(report.apply(0), now);
    }
  }

  @Override
  public synchronized void offerUrgent(LongFunction<ProgressReport> report) {
    take(report.apply(0), Instant.now());
  }

  private void take(ProgressReport report, Instant now) {
    newest = report;
    end = report.remainingSeconds() == null ? now : now.plusSeconds(report.remainingSeconds());
    draw(now);
  }

  private synchronized void draw(Instant now) {
    drawn = now;
    watch.size(now).ifPresent(table::resize);
    table.show(List.of(row(name, newest, Duration.between(now, end))), now);
  }

  private synchronized void say(String line) {
    table.say(line);
    draw(Instant.now());
  }

  /** A report as a row; before the first one data and weights are loaded. */
  static ProgressRow row(String name, @Nullable ProgressReport report, Duration left) {
    if (report == null) {
      return new ProgressRow(
          name,
          ProgressRow.RUNNING,
          word(RunPhase.LOADING),
          0,
          ProgressRow.NOTHING,
          ProgressRow.NOTHING,
          ProgressRow.NOTHING,
          ProgressRow.NOTHING,
          ProgressRow.NOTHING,
          ProgressRow.NOTHING);
    }
    Metrics metrics = report.metrics();
    return new ProgressRow(
        name,
        ProgressRow.RUNNING,
        report.phase() == null ? ProgressRow.RUNNING : word(report.phase()),
        (int) (100 * report.step() / Math.max(1, report.steps())),
        report.epoch() + "/" + report.epochs(),
        ProgressRow.number(report.imagesPerSecond(), 0),
        report.remainingSeconds() == null ? ProgressRow.NOTHING : ProgressRow.duration(left),
        ProgressRow.number(metrics == null ? null : metrics.accuracy(), 4),
        ProgressRow.number(metrics == null ? null : metrics.loss(), 4),
        ProgressRow.number(metrics == null ? null : metrics.f1(), 4));
  }

  private static String word(RunPhase phase) {
    return phase.name().charAt(0) + phase.name().substring(1).toLowerCase(Locale.ROOT);
  }

  /** The row stays as it is; what follows stands below it. */
  @Override
  public synchronized void close() {
    System.setErr(before);
    table.end();
  }

  /** Gives whole lines to the console. */
  private final class Lines extends OutputStream {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    @Override
    public synchronized void write(int letter) {
      if (letter != '\n') {
        line.write(letter);
        return;
      }
      String text = line.toString(StandardCharsets.UTF_8);
      line.reset();
      say(text);
    }

    @Override
    public synchronized void write(byte[] letters, int from, int count) {
      for (int i = from; i < from + count; i++) {
        write(letters[i]);
      }
    }
  }
}
