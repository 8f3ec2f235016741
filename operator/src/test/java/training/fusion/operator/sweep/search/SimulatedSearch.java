package training.fusion.operator.sweep.search;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Trains the trials of a landscape on so many GPUs, each trial at a pace of its own, as far as a
 * rule lets them; whoever asks the rule anew gets what was written down, and nothing else.
 */
final class SimulatedSearch {
  /** Up to which rung a group's trials may go now. */
  interface Rule {
    List<Integer> rungs(List<List<TrialScores>> seen);
  }

  private final Landscape landscape;
  private final Rungs rungs;
  private final Rule rule;
  private final int gpus;
  private final Random chance;

  /** What is written down: by group and seed. */
  private final List<List<TrialScores>> seen = new ArrayList<>();

  private final Map<Integer, Double> pace = new TreeMap<>();
  private final PriorityQueue<Lap> running =
      new PriorityQueue<>(Comparator.comparingDouble(Lap::until).thenComparingInt(Lap::trial));
  private final Map<Integer, Integer> reached = new TreeMap<>();
  private double now;
  private double busy;
  private long epochs;

  /** A trial on its way to a rung. */
  private record Lap(int trial, int rung, double from, double until) {}

  SimulatedSearch(Landscape landscape, Rungs rungs, Rule rule, int gpus, long order) {
    this.landscape = landscape;
    this.rungs = rungs;
    this.rule = rule;
    this.gpus = gpus;
    this.chance = new Random(order);
    for (int group = 0; group < landscape.groups().size(); group++) {
      List<TrialScores> trials = new ArrayList<>();
      for (int seed = 0; seed < landscape.seeds(); seed++) {
        trials.add(TrialScores.NONE);
        pace.put(trial(group, seed), 0.5 + 1.5 * chance.nextDouble());
      }
      seen.add(trials);
    }
  }

  /**
   * Trains until nothing is left to do.
   *
   * @param kills how often all that is not written down is lost on the way
   */
  SimulatedSearch run(int kills) {
    int every = kills == 0 ? Integer.MAX_VALUE : Math.max(1, pace.size() / kills);
    int ended = 0;
    start();
    while (!running.isEmpty()) {
      Lap lap = running.poll();
      now = lap.until();
      busy += lap.until() - lap.from();
      end(lap);
      if (++ended % every == 0) {
        running.forEach(lost -> busy += now - lost.from());
        running.clear();
      }
      start();
    }
    return this;
  }

  private void end(Lap lap) {
    int group = group(lap.trial());
    int seed = lap.trial() % landscape.seeds();
    int epoch = rungs.epoch(lap.rung());
    epochs += epoch - epochs(lap.trial());
    reached.put(lap.trial(), lap.rung());
    double accuracy = landscape.accuracy(group, seed, epoch);
    TrialScores before = seen.get(group).get(seed);
    Map<Integer, Double> pauses = new TreeMap<>(before.atPauses());
    boolean failed = Double.isNaN(accuracy);
    if (!failed && !rungs.isEnd(lap.rung())) {
      pauses.put(epoch, accuracy);
    }
    Double atEnd = !failed && rungs.isEnd(lap.rung()) ? accuracy : null;
    seen.get(group).set(seed, new TrialScores(Map.copyOf(pauses), atEnd, failed));
  }

  private void start() {
    List<Integer> allowed = rule.rungs(seen);
    Set<Integer> under = running.stream().map(Lap::trial).collect(Collectors.toSet());
    List<Lap> open = new ArrayList<>();
    pace.forEach(
        (trial, speed) -> {
          int to = allowed.get(group(trial));
          TrialScores scores = seen.get(group(trial)).get(trial % landscape.seeds());
          if (to > reached.getOrDefault(trial, -1) && !scores.failed() && !under.contains(trial)) {
            double takes = speed * (rungs.epoch(to) - epochs(trial));
            open.add(new Lap(trial, to, now, now + takes));
          }
        });
    Collections.shuffle(open, chance);
    open.sort(Comparator.comparingInt(Lap::rung));
    open.stream().limit(gpus - running.size()).forEach(running::add);
  }

  private int epochs(int trial) {
    Integer rung = reached.get(trial);
    return rung == null ? 0 : rungs.epoch(rung);
  }

  private int trial(int group, int seed) {
    return group * landscape.seeds() + seed;
  }

  private int group(int trial) {
    return trial / landscape.seeds();
  }

  /** Which rung each trial has got to. */
  Map<Integer, Integer> reached() {
    return Map.copyOf(reached);
  }

  /** Groups that were trained to the end. */
  private List<Integer> survivors() {
    return reached.entrySet().stream()
        .filter(it -> rungs.isEnd(it.getValue()))
        .map(it -> group(it.getKey()))
        .distinct()
        .sorted()
        .toList();
  }

  /** The best of them by what its trials have shown in the end; −1: all have failed. */
  int winner() {
    int winner = -1;
    double best = Double.NEGATIVE_INFINITY;
    for (int group : survivors()) {
      double mean =
          seen.get(group).stream()
              .mapToDouble(it -> it.atEnd() == null ? Double.NEGATIVE_INFINITY : it.atEnd())
              .average()
              .orElseThrow();
      if (mean > best) {
        best = mean;
        winner = group;
      }
    }
    return winner;
  }

  long epochs() {
    return epochs;
  }

  double makespan() {
    return now;
  }

  /** Fraction of the GPUs' time in which they had something to do. */
  double utilization() {
    return busy / (now * gpus);
  }
}
