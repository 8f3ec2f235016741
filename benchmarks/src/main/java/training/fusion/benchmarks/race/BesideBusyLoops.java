package training.fusion.benchmarks.race;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A contestant that does not have the machine to itself: at its turn, and then only, so many
 * processes of one thread each do nothing as fast as they can.
 */
public record BesideBusyLoops(Contestant contestant, int loops) implements Contestant {
  @Override
  public String name() {
    return contestant.name();
  }

  @Override
  public double startSeconds() {
    return contestant.startSeconds();
  }

  @Override
  public Round round() {
    List<Process> busy = new ArrayList<>();
    try {
      for (int i = 0; i < loops; i++) {
        busy.add(new ProcessBuilder("sh", "-c", "while :; do :; done").start());
      }
      return contestant.round();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      busy.forEach(it -> it.destroyForcibly().onExit().join());
    }
  }

  @Override
  public long end() {
    return contestant.end();
  }

  @Override
  public void close() {
    contestant.close();
  }
}
