package training.fusion.operator.sweep.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.operator.sweep.search.Halving.Fate;
import training.fusion.operator.sweep.search.Halving.Standing;

@DisplayName("Successive halving of nine groups by thirds")
class HalvingTest {
  private static final Rungs RUNGS = Rungs.of(1, 3, 9);
  private static final List<Integer> ONE_SEED = List.of(1, 1, 1);

  private final List<List<TrialScores>> groups = new ArrayList<>();

  HalvingTest() {
    for (int group = 0; group < 9; group++) {
      groups.add(new ArrayList<>(List.of(TrialScores.NONE)));
    }
  }

  private void paused(int group, Map<Integer, Double> scores) {
    groups.get(group).set(0, new TrialScores(scores, null, false));
  }

  private void failed(int group, Map<Integer, Double> scores) {
    groups.get(group).set(0, new TrialScores(scores, null, true));
  }

  private Halving decided() {
    return Halving.of(groups, RUNGS, ONE_SEED, List.of(9, 3, 1));
  }

  private List<Integer> at(int rung) {
    List<Integer> at = new ArrayList<>();
    for (int group = 0; group < groups.size(); group++) {
      if (decided().standings().get(group).rung() >= rung) {
        at.add(group);
      }
    }
    return at;
  }

  @Test
  @DisplayName("trains all to the first rung, and lets none further while seven are not known")
  void first() {
    assertThat(at(0)).hasSize(9);
    paused(0, Map.of(1, 0.9));
    paused(1, Map.of(1, 0.8));
    assertThat(at(1)).isEmpty();
    assertThat(decided().stage()).isZero();
    assertThat(decided().left()).isEqualTo(9);
  }

  @Test
  @DisplayName("lets the best go on once no other can push it out, and tells who is out for sure")
  void certain() {
    for (int group = 0; group < 7; group++) {
      paused(group, Map.of(1, 0.9 - 0.1 * group));
    }
    assertThat(at(1)).containsExactly(0);
    assertThat(decided().standings().get(2)).isEqualTo(new Standing(0, Fate.OPEN));
    assertThat(decided().standings().get(3)).isEqualTo(new Standing(0, Fate.OUT));
    paused(7, Map.of(1, 0.85));
    assertThat(at(1)).containsExactly(0, 7);
    paused(8, Map.of(1, 0.1));
    assertThat(at(1)).containsExactly(0, 1, 7);
    assertThat(decided().stage()).isEqualTo(1);
    assertThat(decided().left()).isEqualTo(3);
  }

  @Test
  @DisplayName("goes by the matrix' order between equals")
  void ties() {
    for (int group = 8; group >= 0; group--) {
      paused(group, Map.of(1, 0.5));
    }
    assertThat(at(1)).containsExactly(0, 1, 2);
  }

  @Test
  @DisplayName("lets nothing go on that has failed or is no number, and leaves its place empty")
  void failures() {
    paused(0, Map.of(1, Double.NaN));
    for (int group = 1; group < 8; group++) {
      failed(group, Map.of());
    }
    paused(8, Map.of(1, 0.1, 3, 0.2));
    assertThat(at(1)).containsExactly(8);
    assertThat(at(2)).containsExactly(8);
    assertThat(decided().left()).isEqualTo(1);
  }

  @Test
  @DisplayName("holds to what was decided at a rung when a trial fails behind it")
  void failsLater() {
    for (int group = 0; group < 9; group++) {
      paused(group, Map.of(1, 0.9 - 0.1 * group));
    }
    failed(0, Map.of(1, 0.9));
    assertThat(at(1)).containsExactly(0, 1, 2);
    paused(1, Map.of(1, 0.8, 3, 0.8));
    assertThat(at(2)).isEmpty();
    paused(2, Map.of(1, 0.7, 3, 0.85));
    assertThat(at(2)).containsExactly(2);
    assertThat(decided().standings().get(0)).isEqualTo(new Standing(1, Fate.OUT));
  }

  @Test
  @DisplayName("waits for all seeds of a group that count, and for no more")
  void seeds() {
    groups.forEach(trials -> trials.add(TrialScores.NONE));
    for (int group = 0; group < 9; group++) {
      paused(group, Map.of(1, 0.9 - 0.1 * group));
    }
    assertThat(at(1)).containsExactly(0, 1, 2);
    assertThat(Halving.of(groups, RUNGS, List.of(2, 2, 2), List.of(9, 3, 1)).standings())
        .allMatch(it -> it.rung() == 0);
  }

  @Test
  @DisplayName("begins no more groups than the budget has room for")
  void budget() {
    Halving decided = Halving.of(groups, RUNGS, ONE_SEED, List.of(4, 1, 0));
    assertThat(decided.standings().get(4)).isEqualTo(new Standing(-1, Fate.OUT));
    for (int group = 0; group < 4; group++) {
      paused(group, Map.of(1, 0.1 * group, 3, 0.5));
    }
    decided = Halving.of(groups, RUNGS, ONE_SEED, List.of(4, 1, 0));
    assertThat(decided.standings().get(3)).isEqualTo(new Standing(1, Fate.OUT));
    assertThat(decided.left()).isZero();
  }

  @Test
  @DisplayName("never takes back what it has said, in whatever order scores become known")
  void order() {
    for (long seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      List<List<TrialScores>> all = random(random);
      Halving last = Halving.of(all, RUNGS, ONE_SEED, List.of(9, 3, 1));
      List<int[]> news = new ArrayList<>();
      for (int group = 0; group < 9; group++) {
        for (int pause = 1; pause <= 2; pause++) {
          news.add(new int[] {group, pause});
        }
      }
      Collections.shuffle(news, random);
      List<List<TrialScores>> known = new ArrayList<>();
      all.forEach(it -> known.add(new ArrayList<>(List.of(TrialScores.NONE))));
      for (int[] next : news) {
        known.get(next[0]).set(0, upTo(all.get(next[0]).get(0), next[1]));
        List<Standing> now = Halving.of(known, RUNGS, ONE_SEED, List.of(9, 3, 1)).standings();
        for (int group = 0; group < 9; group++) {
          Standing then = last.standings().get(group);
          assertThat(now.get(group).rung()).isLessThanOrEqualTo(then.rung());
          if (now.get(group).fate() != Fate.OPEN) {
            assertThat(now.get(group)).as("seed %d", seed).isEqualTo(then);
          }
        }
      }
    }
  }

  private static List<List<TrialScores>> random(Random random) {
    List<List<TrialScores>> all = new ArrayList<>();
    for (int group = 0; group < 9; group++) {
      Map<Integer, Double> scores =
          Map.of(
              1,
              random.nextInt(5) / 5.0,
              3,
              random.nextInt(9) == 0 ? Double.NaN : random.nextInt(5) / 5.0);
      all.add(List.of(new TrialScores(scores, null, false)));
    }
    return all;
  }

  /** Who has shown the second has shown the first. */
  private static TrialScores upTo(TrialScores scores, int pauses) {
    return pauses == 2 ? scores : new TrialScores(Map.of(1, scores.atPauses().get(1)), null, false);
  }
}
