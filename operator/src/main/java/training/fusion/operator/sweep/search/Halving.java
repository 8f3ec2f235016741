package training.fusion.operator.sweep.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Successive halving, without waiting where nothing is to be waited for. A group goes on to the
 * next rung as soon as it is certain to be among the best of its rung, whatever those show whose
 * score is not known yet; it is out as soon as that is certain. So the same scores let the same
 * groups through in whatever order they become known, and whoever asks again is told the same.
 *
 * @param standings of each group, in their order
 * @param stage the first rung at which a score is still to come; the last one if there is none
 */
public record Halving(List<Standing> standings, int stage) {
  /** Sums of the same figures in another order are the same score. */
  private static final double DIGITS = 1e12;

  /** Whether more is to be decided about a group. */
  public enum Fate {
    /** It may get further. */
    OPEN,
    /** Others are better, it has failed, or the budget goes no further. */
    OUT,
    /** It is trained to the end. */
    THROUGH
  }

  /**
   * How far a group may go.
   *
   * @param rung the last one that it is let to, from 0; −1: it is not begun
   */
  public record Standing(int rung, Fate fate) {}

  private record Ranked(int group, double score) {}

  /**
   * Decides.
   *
   * @param groups each group's trials, in the order of the seeds
   * @param seeds how many of them count, by rung
   * @param quotas how many groups are let to a rung at most
   */
  public static Halving of(
      List<List<TrialScores>> groups, Rungs rungs, List<Integer> seeds, List<Integer> quotas) {
    List<Standing> standings = new ArrayList<>();
    for (int group = 0; group < groups.size(); group++) {
      standings.add(new Standing(-1, group < quotas.get(0) ? Fate.OPEN : Fate.OUT));
    }
    List<Integer> members = new ArrayList<>();
    for (int group = 0; group < quotas.get(0); group++) {
      members.add(group);
    }
    int size = members.size();
    int stage = rungs.count() - 1;
    for (int rung = 0; rung < rungs.count(); rung++) {
      Fate fate = rungs.isEnd(rung) ? Fate.THROUGH : Fate.OPEN;
      for (int group : members) {
        standings.set(group, new Standing(rung, fate));
      }
      if (rungs.isEnd(rung)) {
        break;
      }
      List<Ranked> ranked = ranked(groups, members, seeds.get(rung), rungs.epoch(rung));
      int unknown = size - ranked.size(); // some may not even be named yet
      int quota = quotas.get(rung + 1);
      members = new ArrayList<>();
      for (int place = 0; place < ranked.size(); place++) {
        Ranked it = ranked.get(place);
        if (it.score() == Double.NEGATIVE_INFINITY || place >= quota) {
          standings.set(it.group(), new Standing(rung, Fate.OUT));
        } else if (place + unknown < quota) {
          members.add(it.group());
        }
      }
      stage = unknown > 0 ? Math.min(stage, rung) : stage;
      size = unknown > 0 ? quota : members.size();
    }
    return new Halving(List.copyOf(standings), stage);
  }

  /** Those whose score is known, the best first; of equals the first of the matrix. */
  private static List<Ranked> ranked(
      List<List<TrialScores>> groups, List<Integer> members, int seeds, int epoch) {
    List<Ranked> ranked = new ArrayList<>();
    for (int group : members) {
      List<TrialScores> trials = groups.get(group);
      score(trials.subList(0, Math.min(seeds, trials.size())), epoch)
          .ifPresent(score -> ranked.add(new Ranked(group, score)));
    }
    ranked.sort(
        Comparator.comparingDouble(Ranked::score).reversed().thenComparingInt(Ranked::group));
    return ranked;
  }

  /** The mean; one that failed is enough to know that it is none. */
  private static OptionalDouble score(List<TrialScores> trials, int epoch) {
    double sum = 0;
    boolean complete = true;
    for (TrialScores trial : trials) {
      OptionalDouble score = trial.at(epoch);
      if (score.isPresent() && score.getAsDouble() == Double.NEGATIVE_INFINITY) {
        return score;
      }
      complete &= score.isPresent();
      sum += score.orElse(0);
    }
    return complete
        ? OptionalDouble.of(Math.rint(DIGITS * (sum / trials.size())) / DIGITS)
        : OptionalDouble.empty();
  }

  /** How many groups may still become the winner. */
  public int left() {
    return (int) standings.stream().filter(it -> it.fate() != Fate.OUT).count();
  }
}
