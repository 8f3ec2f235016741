package training.fusion.e2e.report;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongFunction;
import training.fusion.e2e.operator.ProgressPort;

/** Reports of several kinds in turn, so many a second, to several replicas in turn. */
final class ReportFlood {
  /** When so many are not answered yet, the next ones wait: the sender has only so many threads. */
  private static final int UNANSWERED = 500;

  private static final int TICK_MILLISECONDS = 10;

  private final List<ProgressPort> ports;
  private final int rate;
  private final List<Kind> kinds = new ArrayList<>();
  private final AtomicLong sent = new AtomicLong();

  private record Kind(String name, String token, LongFunction<String> report) {}

  /** How many of a kind were answered with a code; 0 stands for no answer. */
  record Answers(Map<String, Map<Integer, LongAdder>> counts, Duration took) {
    Map<Integer, LongAdder> of(String kind) {
      return counts.getOrDefault(kind, Map.of());
    }

    long all() {
      return counts.values().stream()
          .flatMap(codes -> codes.values().stream())
          .mapToLong(LongAdder::sum)
          .sum();
    }

    @Override
    public String toString() {
      return "%d reports in %.1f s: %s".formatted(all(), took.toMillis() / 1e3, counts);
    }
  }

  ReportFlood(List<ProgressPort> ports, int rate) {
    this.ports = ports;
    this.rate = rate;
  }

  /**
   * Adds a kind.
   *
   * @param report the body, given a number that counts up
   */
  ReportFlood with(String name, String token, LongFunction<String> report) {
    kinds.add(new Kind(name, token, report));
    return this;
  }

  /** Sends for so long, and waits for the last answer. */
  Answers run(Duration length) throws InterruptedException {
    Map<String, Map<Integer, LongAdder>> counts = new ConcurrentHashMap<>();
    var unanswered = new Semaphore(UNANSWERED);
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    long start = System.nanoTime();
    long end = sent.get() + rate * length.toSeconds();
    var ticking =
        clock.scheduleAtFixedRate(
            () -> {
              for (int i = 0; i < rate * TICK_MILLISECONDS / 1000 && sent.get() < end; i++) {
                send(counts, unanswered);
              }
            },
            0,
            TICK_MILLISECONDS,
            TimeUnit.MILLISECONDS);
    while (sent.get() < end && !ticking.isDone()) {
      Thread.sleep(TICK_MILLISECONDS);
    }
    clock.shutdownNow();
    unanswered.acquire(UNANSWERED);
    Map<String, Map<Integer, LongAdder>> sorted = new TreeMap<>();
    counts.forEach((kind, codes) -> sorted.put(kind, new TreeMap<>(codes)));
    return new Answers(sorted, Duration.ofNanos(System.nanoTime() - start));
  }

  private void send(Map<String, Map<Integer, LongAdder>> counts, Semaphore unanswered) {
    unanswered.acquireUninterruptibly();
    long number = sent.getAndIncrement();
    Kind kind = kinds.get((int) (number % kinds.size()));
    ProgressPort port = ports.get((int) (number / kinds.size() % ports.size()));
    var unused =
        port.postSoon(kind.token(), kind.report().apply(number + 1))
            .whenComplete(
                (answer, failure) -> {
                  counts
                      .computeIfAbsent(kind.name(), name -> new ConcurrentHashMap<>())
                      .computeIfAbsent(
                          answer == null ? 0 : answer.statusCode(), code -> new LongAdder())
                      .increment();
                  unanswered.release();
                });
  }
}
