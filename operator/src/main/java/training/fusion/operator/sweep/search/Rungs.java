package training.fusion.operator.sweep.search;

import java.util.ArrayList;
import java.util.List;

/**
 * After which epochs trials are compared: {@code first}, {@code first}·{@code factor}, and so on.
 * The last one is their end, which nothing is chosen at any more.
 *
 * @param epochs ascending, at least one
 */
public record Rungs(List<Integer> epochs) {
  /** Those of trials with {@code end} epochs. */
  public static Rungs of(int first, int factor, int end) {
    List<Integer> epochs = new ArrayList<>();
    for (long epoch = first; epoch < end; epoch *= factor) {
      epochs.add((int) epoch);
    }
    epochs.add(end);
    return new Rungs(List.copyOf(epochs));
  }

  /** How many there are, the end included. */
  public int count() {
    return epochs.size();
  }

  /** The epoch of one, counted from 0. */
  public int epoch(int rung) {
    return epochs.get(rung);
  }

  /** Whether it is the end. */
  public boolean isEnd(int rung) {
    return rung == epochs.size() - 1;
  }
}
