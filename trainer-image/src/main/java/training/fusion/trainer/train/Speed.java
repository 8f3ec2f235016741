package training.fusion.trainer.train;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Training speed over the last seconds, and what it means for the end. */
final class Speed {
  private static final long WINDOW = Duration.ofSeconds(20).toNanos();

  private record Mark(long time, long images) {}

  private final Deque<Mark> marks = new ArrayDeque<>();
  private long images;

  /** So many images were trained on. */
  void add(int count, long now) {
    images += count;
    marks.add(new Mark(now, images));
    while (marks.size() > 2 && now - marks.element().time() > WINDOW) {
      marks.remove();
    }
  }

  /** Forgets the marks, so that a pause for evaluation does not count as slowness. */
  void pause() {
    marks.clear();
  }

  /** Images per second; null before the second step. */
  @Nullable Double imagesPerSecond() {
    if (marks.size() < 2) {
      return null;
    }
    Mark first = marks.getFirst();
    Mark last = marks.getLast();
    return (last.images() - first.images()) * 1e9 / (last.time() - first.time());
  }
}
