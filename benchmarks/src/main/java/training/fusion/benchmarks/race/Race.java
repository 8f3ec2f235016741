package training.fusion.benchmarks.race;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The same work done by several programs in turn. A round is one turn of each; who begins changes
 * from round to round, so what else the machine does falls on all of them. A first turn of each is
 * not counted: who waited for the others to start is slow in it.
 *
 * @param unit what is counted, such as images
 * @param entries how each contestant is started; the first is the one that others are compared with
 */
public record Race(String title, String unit, List<Supplier<Contestant>> entries) {
  public Race {
    entries = List.copyOf(entries);
  }

  /** Starts all, lets them work in turn, ends them. */
  public Result run(int rounds) {
    List<Contestant> contestants = new ArrayList<>();
    try {
      entries.forEach(entry -> contestants.add(entry.get()));
      contestants.forEach(Contestant::round);
      List<List<Double>> speeds =
          contestants.stream().<List<Double>>map(c -> new ArrayList<>()).toList();
      for (int round = 0; round < rounds; round++) {
        for (int turn = 0; turn < contestants.size(); turn++) {
          int next = (round + turn) % contestants.size();
          speeds.get(next).add(contestants.get(next).round().perSecond());
        }
      }
      return new Result(
          this,
          IntStream.range(0, contestants.size())
              .mapToObj(
                  i -> {
                    Contestant c = contestants.get(i);
                    return new Standing(c.name(), speeds.get(i), c.startSeconds(), c.end());
                  })
              .toList());
    } finally {
      contestants.forEach(Contestant::close);
    }
  }

  /** How a race ended. */
  public record Result(Race race, List<Standing> standings) {
    public Result {
      standings = List.copyOf(standings);
    }

    /** A Markdown table: speeds, and ratios to the first contestant. */
    public String markdown() {
      Standing first = standings.get(0);
      var text = new StringBuilder("### %s%n%n".formatted(race.title));
      text.append(
          "| | %s/s | against %s | rounds | start, s | peak MiB |%n|---|---|---|---|---|---|%n"
              .formatted(race.unit, first.name()));
      for (Standing standing : standings) {
        Standing.Ratio ratio = standing.against(first);
        text.append(
            String.format(
                Locale.ROOT,
                "| %s | %.4g | %.2f (%.2f–%.2f) | %d | %.1f | %d |%n",
                standing.name(),
                standing.median(),
                ratio.median(),
                ratio.least(),
                ratio.most(),
                standing.perSecond().size(),
                standing.startSeconds(),
                standing.peakBytes() >> 20));
      }
      return text.toString();
    }
  }
}
