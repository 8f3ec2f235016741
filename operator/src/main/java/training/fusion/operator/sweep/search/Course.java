package training.fusion.operator.sweep.search;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a trial is to be trained by now.
 *
 * @param rung that its group is let to, from 0; −1: it is not begun
 * @param rungs of its arm and data set
 * @param counts whether the trial is asked for at that rung; a later seed may not be
 * @param fate of its group
 * @param choosing how many of its group's seeds, in ascending order, decide who gets to the end
 */
public record Course(int rung, Rungs rungs, boolean counts, Halving.Fate fate, int choosing) {
  /** The epoch after which it pauses; null: it is trained to the end. */
  public @Nullable Integer pauseAfterEpoch() {
    return rungs.isEnd(Math.max(rung, 0)) ? null : (Integer) rungs.epoch(Math.max(rung, 0));
  }

  /** Rungs at which something is chosen. */
  public List<Integer> choosingEpochs() {
    return rungs.epochs().subList(0, rungs.count() - 1);
  }
}
