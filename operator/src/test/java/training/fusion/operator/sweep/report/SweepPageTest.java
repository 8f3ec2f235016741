package training.fusion.operator.sweep.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import training.fusion.api.OptimizerType;
import training.fusion.operator.sweep.trial.TrialRow;

/** The page at every state; with {@code -Dpages=FOLDER} they are written there, to be looked at. */
class SweepPageTest {
  private static final int MEBIBYTE = 1 << 20;

  @Test
  void beforeAnythingRanThePageHasThePapersMarksAndNoFigureOfOurs() throws IOException {
    String page = page("nothing-run", SampleSweep.ofTable2(3));

    assertThat(page)
        .contains("Nothing has run yet")
        .contains("block 5: not run, the paper 93.85")
        .contains("No trial with validation images has ended yet")
        .contains("\"mean\":null,\"std\":null,\"paper\":93.85")
        .doesNotContainPattern("\"mean\":\\d");
  }

  @Test
  void halfRunItShowsWhatThereIs() throws IOException {
    String page = page("half-run", SampleSweep.ofTable2(4).run(cell -> cell.seed() % 2 == 0));

    assertThat(page).contains("Running</span>").contains("http-equiv=\"refresh\"").contains("◇");
  }

  @Test
  void allRunItHasCurvesSharesAndComparisons() throws IOException {
    String page = page("all-run", SampleSweep.ofTable2(10).run(cell -> true));

    assertThat(page)
        .contains("All trials have run")
        .contains("73.8 %")
        .contains("width: 73.8%")
        .contains("Validation loss of the 14 best groups over 10 epochs")
        .containsPattern("better than the single optimizer|no difference shown")
        .doesNotContain("http-equiv=\"refresh\"");
  }

  @Test
  void failuresAreListedAndTheirWordsStayText() throws IOException {
    var sweep =
        SampleSweep.ofTable2(3)
            .run(cell -> true)
            .fail(cell -> cell.seed() == 2, "step 3 has the loss NaN </script><script>alert(1)");

    assertThat(page("failures", sweep))
        .contains("Ended, with failures")
        .contains("14 failed")
        .contains("&lt;script&gt;alert(1)")
        .doesNotContain("<script>alert");
  }

  @Test
  void thePageNeedsNothingFromElsewhere() throws IOException {
    assertThat(page("self-contained", SampleSweep.ofTable2(1)))
        .contains("default-src 'none'")
        .doesNotContainPattern("(src|href)\\s*=\\s*[\"']?(https?:|//)")
        .doesNotContain("@import");
  }

  @Test
  void twoThousandTrialsInTwoHundredGroupsFitAConfigMapWithRoomToSpare() throws IOException {
    var sweep = new SampleSweep();
    for (int i = 0; i < 200; i++) {
      sweep.add(
          10, SampleSweep.fusion(OptimizerType.ADAM, 1 + i % 6, OptimizerType.SGD, 1e-5 * (1 + i)));
    }
    sweep.run(cell -> true);
    assertThat(size("large", sweep)).isLessThan(MEBIBYTE * 3 / 4);

    sweep.fail(cell -> true, "x".repeat(1000));
    assertThat(size("large-failed", sweep)).isLessThan(MEBIBYTE * 3 / 4);
  }

  private static long size(String name, SampleSweep sweep) throws IOException {
    List<TrialRow> rows = sweep.rows();
    assertThat(rows).hasSize(2000);
    SweepReport report = SweepReport.of("sample", rows);
    assertThat(report.groups().groups()).hasSize(200);
    long size = 0;
    for (String part :
        List.of(report.markdown(), report.csv(), report.groupsCsv(), page(name, sweep))) {
      size += part.getBytes(StandardCharsets.UTF_8).length;
    }
    return size;
  }

  private static String page(String name, SampleSweep sweep) throws IOException {
    String html = SweepReport.of("sample", sweep.rows()).html();
    String folder = System.getProperty("pages");
    if (folder != null) {
      Files.createDirectories(Path.of(folder));
      Files.writeString(Path.of(folder, name + ".html"), html);
    }
    return html;
  }
}
