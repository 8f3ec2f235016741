package training.fusion.benchmarks.race;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** Several programs that do the same work at the same time; their speed is that of all of them. */
public final class Together implements Contestant {
  private final String name;
  private final List<Contestant> members = new ArrayList<>();
  private final ExecutorService turns;

  private Together(String name, int count) {
    this.name = name;
    this.turns = Executors.newFixedThreadPool(count);
  }

  /** Starts them, one after the other. */
  public static Together start(String name, int count, Supplier<? extends Contestant> member) {
    var together = new Together(name, count);
    try {
      for (int i = 0; i < count; i++) {
        together.members.add(member.get());
      }
    } catch (RuntimeException e) {
      together.close();
      throw e;
    }
    return together;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public double startSeconds() {
    return members.stream().mapToDouble(Contestant::startSeconds).max().orElse(0);
  }

  @Override
  public Round round() {
    var rounds =
        members.stream().map(it -> CompletableFuture.supplyAsync(it::round, turns)).toList();
    List<Round> done = rounds.stream().map(CompletableFuture::join).toList();
    double seconds = done.stream().mapToDouble(Round::seconds).max().orElse(1);
    return new Round(seconds, seconds * done.stream().mapToDouble(Round::perSecond).sum());
  }

  @Override
  public long end() {
    turns.shutdown();
    return members.stream().mapToLong(Contestant::end).sum();
  }

  @Override
  public void close() {
    turns.shutdown();
    members.forEach(Contestant::close);
  }
}
