package training.fusion.e2e.benchmark;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.statistics.descriptive.Median;

/** What contestants of an {@link OperatorBenchmark} took for so many items, round by round. */
final class BenchmarkTable {
  /** What is measured; a smaller one is always better. */
  enum Figure {
    CREATE_TO_JOB("create → Job, p50, ms"),
    CREATE_TO_JOB_99("create → Job, p99, ms"),
    ALL_JOBS("all Jobs, s"),
    POD_TO_COMPLETE("pod Succeeded → Complete, p50, ms"),
    POD_TO_COMPLETE_99("pod Succeeded → Complete, p99, ms"),
    JOB_TO_COMPLETE("Job Complete → Complete, p50, ms"),
    JOB_TO_COMPLETE_99("Job Complete → Complete, p99, ms"),
    ALL_COMPLETE("all Complete, s"),
    EACH("all Complete, ms for each item"),
    REQUESTS("its requests per item"),
    MEMORY("peak memory, MiB"),
    PROCESSOR("CPU time, s"),
    READY("start → ready, s"),
    RECOVERY("start after SIGKILL → first Job, s");

    private final String title;

    Figure(String title) {
      this.title = title;
    }
  }

  /** One round of one contestant. */
  static final class Round {
    private final Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    private final List<String> notes = new ArrayList<>();

    void put(Figure figure, double value) {
      figures.put(figure, value);
    }

    /** The middle one of the waits, and the one that all but a hundredth stay within. */
    void put(Figure middle, Figure almostMost, WaitingTimes waits) {
      put(middle, (double) waits.percentile(50));
      put(almostMost, (double) waits.percentile(99));
    }

    /** What else is worth telling. */
    void note(String text) {
      notes.add(text);
    }
  }

  private final int items;
  private final Map<String, List<Round>> rounds = new LinkedHashMap<>();

  /**
   * A table without rounds.
   *
   * @param names of the contestants; all others are compared with the first
   */
  BenchmarkTable(int items, List<String> names) {
    this.items = items;
    names.forEach(name -> rounds.put(name, new ArrayList<>()));
  }

  int items() {
    return items;
  }

  void add(String name, Round round) {
    of(name).add(round);
  }

  /** Of each figure the median of the rounds and their spread, and ratios round by round. */
  @Override
  public String toString() {
    List<String> names = List.copyOf(rounds.keySet());
    List<String> others = names.subList(1, names.size());
    String first = names.get(0);
    Stream<String> heading =
        Stream.of(
                Stream.of(items + " items, rounds: " + of(first).size()),
                names.stream(),
                others.stream().map(name -> name + " / " + first))
            .flatMap(it -> it);
    Stream<String> line = Stream.generate(() -> "---").limit(names.size() + others.size() + 1L);
    Stream<String> rows =
        Stream.of(Figure.values())
            .map(
                figure ->
                    row(
                        Stream.of(
                                Stream.of(figure.title),
                                names.stream().map(name -> spread(values(name, figure))),
                                others.stream().map(name -> spread(ratios(name, first, figure))))
                            .flatMap(it -> it)));
    Stream<String> notes =
        names.stream()
            .map(
                name ->
                    "%n%s, first round: %s"
                        .formatted(name, String.join("; ", of(name).get(0).notes)));
    return Stream.of(Stream.of(row(heading), row(line)), rows, notes)
        .flatMap(it -> it)
        .collect(joining("\n"));
  }

  private static String row(Stream<String> cells) {
    return cells.collect(joining(" | ", "| ", " |"));
  }

  private List<Round> of(String name) {
    return Objects.requireNonNull(rounds.get(name), name);
  }

  private List<Double> values(String name, Figure figure) {
    return of(name).stream()
        .flatMap(round -> Optional.ofNullable(round.figures.get(figure)).stream())
        .toList();
  }

  private List<Double> ratios(String name, String first, Figure figure) {
    List<Double> over = values(name, figure);
    List<Double> under = values(first, figure);
    return IntStream.range(0, Math.min(over.size(), under.size()))
        .mapToObj(i -> over.get(i) / under.get(i))
        .toList();
  }

  /** The median, and the least and the most where there are several. */
  private static String spread(List<Double> values) {
    if (values.isEmpty()) {
      return "—";
    }
    double[] all = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    String median = number(Median.withDefaults().evaluate(all));
    return all.length == 1
        ? median
        : "%s (%s%s%s)"
            .formatted(
                median, number(all[0]), all[0] < 0 ? " to " : "–", number(all[all.length - 1]));
  }

  /** With three digits, or all of those before the point, and a minus as long as a plus. */
  private static String number(double value) {
    double size = Math.abs(value);
    int decimals = size >= 100 ? 0 : size >= 10 ? 1 : 2;
    return String.format(Locale.ROOT, "%s%." + decimals + "f", value < 0 ? "−" : "", size);
  }
}
