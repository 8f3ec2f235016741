package training.fusion.operator.sweep.search;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How many groups get how far at most. It depends on how many there are, and on no result, so what
 * a search costs is known before it begins.
 */
public final class Quotas {
  private Quotas() {}

  /**
   * The groups of one arm and data set.
   *
   * @param groups how many there are
   * @param seeds how many of each group's trials count, by rung; never fewer than before
   */
  public record Field(int groups, Rungs rungs, List<Integer> seeds) {
    /** What one group takes that goes on from the rung before, in epochs over all its trials. */
    long epochsOfOne(int rung) {
      int before = rung == 0 ? 0 : seeds.get(rung - 1);
      int from = rung == 0 ? 0 : rungs.epoch(rung - 1);
      int to = rungs.epoch(rung);
      return (long) before * (to - from) + (long) (seeds.get(rung) - before) * to;
    }
  }

  /**
   * By field and rung, how many groups are let to it at most: of those before, one in {@code
   * factor}, at least one, as far as the budget goes. It is spent rung by rung, so that it ends a
   * search as one with fewer rungs.
   *
   * @param maxEpochs over all trials of all fields; null: as many as it takes
   */
  public static List<List<Integer>> of(
      List<Field> fields, int factor, @Nullable Integer maxEpochs) {
    List<List<Integer>> all = new ArrayList<>();
    fields.forEach(field -> all.add(new ArrayList<>()));
    long left = maxEpochs == null ? Long.MAX_VALUE : maxEpochs;
    int rungs = fields.stream().mapToInt(field -> field.rungs().count()).max().orElse(0);
    for (int rung = 0; rung < rungs; rung++) {
      for (int i = 0; i < fields.size(); i++) {
        Field field = fields.get(i);
        if (rung < field.rungs().count()) {
          int wanted = wanted(field, all.get(i), factor);
          int quota = (int) Math.min(wanted, left / field.epochsOfOne(rung));
          left -= quota * field.epochsOfOne(rung);
          all.get(i).add(quota);
        }
      }
    }
    return all;
  }

  private static int wanted(Field field, List<Integer> before, int factor) {
    if (before.isEmpty()) {
      return field.groups();
    }
    int last = before.get(before.size() - 1);
    return last == 0 ? 0 : Math.max(1, last / factor);
  }

  /** What all of it takes, in epochs over all trials. */
  public static long epochs(Field field, List<Integer> quotas) {
    long epochs = 0;
    for (int rung = 0; rung < quotas.size(); rung++) {
      epochs += quotas.get(rung) * field.epochsOfOne(rung);
    }
    return epochs;
  }
}
