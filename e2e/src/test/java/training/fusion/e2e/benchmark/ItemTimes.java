package training.fusion.e2e.benchmark;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import training.fusion.e2e.cluster.Eventually;

/** When what became of each item of a benchmark arrived in this process. */
record ItemTimes(
    Map<String, Instant> asked,
    Map<String, Instant> job,
    Map<String, Instant> podSucceeded,
    Map<String, Instant> jobComplete,
    Map<String, Instant> ended) {
  private static final Duration LONGEST = Duration.ofHours(1);

  ItemTimes() {
    this(
        new ConcurrentHashMap<>(),
        new ConcurrentHashMap<>(),
        new ConcurrentHashMap<>(),
        new ConcurrentHashMap<>(),
        new ConcurrentHashMap<>());
  }

  /** Has so many items made, as several clients would. */
  void create(int count, Consumer<String> create) {
    ForeignPods.inParallel(
        count,
        i -> {
          String name = "item-" + i;
          asked.put(name, Instant.now());
          create.accept(name);
        });
  }

  /** Waits until all items that were asked for are there; an error when that takes too long. */
  void await(Map<String, Instant> all) {
    Instant deadline = Instant.now().plus(LONGEST);
    while (!containsAll(all)) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("%d of %d items".formatted(all.size(), asked.size()));
      }
      Eventually.eventually(() -> containsAll(all), there -> there);
    }
  }

  private boolean containsAll(Map<String, Instant> all) {
    return all.keySet().containsAll(Set.copyOf(asked.keySet()));
  }

  /** From the first request until the last item was there. */
  double secondsUntil(Map<String, Instant> all) {
    Instant first = asked.values().stream().min(Instant::compareTo).orElseThrow();
    Instant last =
        asked.keySet().stream()
            .map(item -> Objects.requireNonNull(all.get(item)))
            .max(Instant::compareTo)
            .orElseThrow();
    return Duration.between(first, last).toMillis() / 1000.0;
  }
}
