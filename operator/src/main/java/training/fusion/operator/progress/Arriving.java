package training.fusion.operator.progress;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** How many reports of a pod are on their way in: a trainer sends one after the other. */
final class Arriving {
  private static final int MOST = 8;

  private final Map<String, Integer> reports = new ConcurrentHashMap<>();

  /** Whether another one may; then it is to {@link #end}. */
  boolean begin(PodIdentity sender) {
    boolean[] begun = new boolean[1];
    reports.compute(
        sender.uid(),
        (uid, before) -> {
          int count = before == null ? 0 : before;
          begun[0] = count < MOST;
          return begun[0] ? count + 1 : count;
        });
    return begun[0];
  }

  /** One that may has come, or won't. */
  void end(PodIdentity sender) {
    reports.computeIfPresent(sender.uid(), (uid, count) -> count == 1 ? null : count - 1);
  }
}
