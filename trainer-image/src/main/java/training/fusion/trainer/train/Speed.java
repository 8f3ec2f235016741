package training.fusion.trainer.train;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Training speed over the last seconds. */
final class Speed {
  private static final long WINDOW = Duration.ofSeconds(20).toNanos();

  private record Mark(long time, long images) {}

  private final Deque<Mark> marks = new ArrayDeque<>();
  private long images;
  private @Nullable Double newest;

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
    newest = imagesPerSecond();
    marks.clear();
  }

  /** Images per second; null before the second step, and after a pause as before it. */
  @Nullable Double imagesPerSecond() {
    if (marks.size() < 2) {
      return newest;
    }
    Mark first = marks.getFirst();
    Mark last = marks.getLast();
    newest = (last.images() - first.images()) * 1e9 / (last.time() - first.time());
    return newest;
  }
}
