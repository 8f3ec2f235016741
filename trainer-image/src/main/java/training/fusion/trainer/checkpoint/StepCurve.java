package training.fusion.trainer.checkpoint;

import java.util.ArrayList;
import java.util.List;

/**
 * A run's steps as a curve of few points, however many there are: once it is full, neighbours
 * become one, and each point stands for twice as many steps as before. What it is follows from the
 * steps alone, so a resumed run's is an undisturbed one's.
 *
 * @param stride steps of each point; of the last one fewer, perhaps
 * @param points in the order of the steps
 */
public record StepCurve(int stride, List<StepPoint> points) {
  /** More points than a plot has pixels for are of no use. Even, so that all have a neighbour. */
  static final int MOST = 512;

  /** Of so many points in one is measured what costs something to measure. */
  private static final int POINTS_PER_MEASUREMENT = 16;

  /** Before the first step. */
  public static final StepCurve NONE = new StepCurve(1, List.of());

  public StepCurve {
    points = List.copyOf(points);
    if (stride < 1 || points.size() > MOST) {
      throw new IllegalArgumentException(
          "%d points of %d steps are no curve".formatted(points.size(), stride));
    }
  }

  /** With one more step. */
  StepCurve with(StepPoint step) {
    List<StepPoint> more = new ArrayList<>(points);
    int last = more.size() - 1;
    if (last >= 0 && more.get(last).steps() < stride) {
      more.set(last, more.get(last).and(step));
    } else if (more.size() == MOST) {
      return halved().with(step);
    } else {
      more.add(step);
    }
    return new StepCurve(stride, more);
  }

  /** Of half as many points. */
  public StepCurve halved() {
    List<StepPoint> fewer = new ArrayList<>();
    for (int i = 0; i < points.size(); i += 2) {
      StepPoint first = points.get(i);
      fewer.add(i + 1 < points.size() ? first.and(points.get(i + 1)) : first);
    }
    return new StepCurve(2 * stride, fewer);
  }

  /**
   * Whether weights and memory are measured after a step: after the first, and 32 times more or
   * less until the number of steps has doubled.
   *
   * @param step from 1
   */
  public static boolean measures(long step) {
    long stride = 1;
    while (step > MOST * stride) {
      stride *= 2;
    }
    return step == 1 || step % (POINTS_PER_MEASUREMENT * stride) == 0;
  }
}
