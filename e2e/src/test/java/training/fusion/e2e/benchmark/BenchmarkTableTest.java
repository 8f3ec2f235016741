package training.fusion.e2e.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import training.fusion.e2e.benchmark.BenchmarkTable.Figure;
import training.fusion.e2e.benchmark.BenchmarkTable.Round;

class BenchmarkTableTest {
  private final BenchmarkTable table = new BenchmarkTable(100, List.of("jobs", "ours"));

  private static Round round(double allJobs) {
    var round = new Round();
    round.put(Figure.ALL_JOBS, allJobs);
    return round;
  }

  @Test
  void a_ratio_is_of_the_same_round_and_its_median_is_not_that_of_the_medians() {
    for (double[] pair : new double[][] {{1, 4}, {2, 2}, {8, 8}}) {
      table.add("jobs", round(pair[0]));
      table.add("ours", round(pair[1]));
    }

    assertThat(table.toString().lines())
        .startsWith(
            "| 100 items, rounds: 3 | jobs | ours | ours / jobs |", "| --- | --- | --- | --- |")
        .contains("| all Jobs, s | 2.00 (1.00–8.00) | 4.00 (2.00–8.00) | 1.00 (1.00–4.00) |");
  }

  @Test
  void what_only_one_contestant_has_is_not_compared() {
    var ours = round(123.4);
    ours.put(Figure.READY, 2.345);
    ours.note("two verbs");
    table.add("jobs", round(61.7));
    table.add("ours", ours);

    assertThat(table.toString().lines())
        .contains("| all Jobs, s | 61.7 | 123 | 2.00 |", "| start → ready, s | — | 2.35 | — |")
        .contains("ours, first round: two verbs");
  }

  @Test
  void waits_are_two_figures() {
    var ours = new Round();
    ours.put(Figure.CREATE_TO_JOB, Figure.CREATE_TO_JOB_99, new WaitingTimes(List.of(5L, 9L)));
    table.add("jobs", ours);
    table.add("ours", ours);

    assertThat(table.toString().lines())
        .contains("| create → Job, p50, ms | 5.00 | 5.00 | 1.00 |")
        .contains("| create → Job, p99, ms | 9.00 | 9.00 | 1.00 |");
  }

  @Test
  void a_wait_that_ends_before_it_begins_reads_well() {
    for (double wait : new double[] {-3774, -2256, 47.2}) {
      var ours = new Round();
      ours.put(Figure.JOB_TO_COMPLETE, wait);
      table.add("jobs", new Round());
      table.add("ours", ours);
    }

    assertThat(table.toString().lines())
        .contains("| Job Complete → Complete, p50, ms | — | −2256 (−3774 to 47.2) | — |");
  }
}
