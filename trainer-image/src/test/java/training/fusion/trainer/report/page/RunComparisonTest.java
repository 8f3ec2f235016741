package training.fusion.trainer.report.page;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.runs.WrittenRun;

@DisplayName("A comparison of runs")
class RunComparisonTest {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @Test
  @DisplayName("lays their curves over each other, and names only what differs")
  void differs() throws IOException {
    Path adam = run("small", "aaaa11", "Adam").trained(2).folder();
    Path sgd = run("small", "bbbb22", "SGD").trained(3).succeeded().folder();

    RunComparison comparison = RunComparison.of(List.of(adam, sgd));

    assertThat(comparison.differences())
        .containsExactly(
            new RunComparison.Difference(
                "optimization.single.optimizer.type", List.of("Adam", "SGD")));
    assertThat(comparison.runs())
        .extracting(RunComparison.Run::label, run -> run.figures().get(1))
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("small aaaa11", "0.2000"),
            org.assertj.core.groups.Tuple.tuple("small bbbb22", "0.7500"));
    Chart accuracy = comparison.charts().charts().get(1);
    assertThat(accuracy.series()).extracting(Chart.Series::look).doesNotHaveDuplicates();
    assertThat(accuracy.series().get(0).values()).containsExactly(0.1, 0.2, null);
    assertThat(accuracy.series().get(1).values()).containsExactly(0.1, 0.2, 0.3);
    comparison.write(folder.resolve("comparison.html"));
    assertThat(folder.resolve("comparison.html"))
        .content()
        .contains("2 runs compared", "small bbbb22", "curve-data", "uPlot")
        .doesNotContainPattern("(src|href)\\s*=\\s*[\"']?(https?:|//)");
  }

  @Test
  @DisplayName("of runs that were asked for the same says so")
  void same() throws IOException {
    Path one = run("one", "aaaa11", "Adam").trained(1).folder();
    Path two = run("two", "bbbb22", "Adam").folder();
    RunComparison comparison = RunComparison.of(List.of(one, two));
    assertThat(comparison.differences()).isEmpty();
    assertThat(comparison.runs())
        .extracting(RunComparison.Run::label)
        .containsExactly("one", "two");
    Path page = folder.resolve("not-there-yet/comparison.html");
    comparison.write(page);
    assertThat(Files.readString(page)).contains("Nothing: they were");
  }

  private WrittenRun run(String name, String key, String optimizer) throws IOException {
    return WrittenRun.configured(folder.resolve(key), name, key, optimizer)
        .begun("2026-01-01T10:00:00Z");
  }
}
