package training.fusion.trainer.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.report.Software;
import training.fusion.trainer.run.RunFolders;
import training.fusion.trainer.run.StartingPoint;

@DisplayName("A data set's folder is read and divided")
class FolderReadingTest {
  @TempDir private @Nullable Path temporary;

  @Test
  @DisplayName("as when the run began, or the run that it goes on from")
  void asWhenTheRunBegan() throws IOException {
    Path old = run("old", null);
    Path newer = run("newer", FolderReading.BY_MEANING);
    Path none = Files.createDirectory(old.resolveSibling("none"));
    assertThat(reading(none, null)).isEqualTo(FolderReading.CURRENT);
    assertThat(reading(old, null)).isEqualTo(FolderReading.EXACT_NAMES);
    assertThat(reading(newer, old)).isEqualTo(FolderReading.BY_MEANING);
    assertThat(reading(none, old)).isEqualTo(FolderReading.EXACT_NAMES);
    assertThat(division(none, null)).isEqualTo(Division.CURRENT);
    assertThat(division(old, null)).isEqualTo(Division.CLASS_ORDER);
    assertThat(division(newer, old)).isEqualTo(Division.CLASSES_TOGETHER);
    assertThat(division(none, old)).isEqualTo(Division.CLASS_ORDER);
    assertThat(old.resolve("run.json")).content().doesNotContain("reading", "remarks", "division");
  }

  private static FolderReading reading(Path run, @Nullable Path resumeFrom) {
    return StartingPoint.reading(place(run, resumeFrom));
  }

  private static Division division(Path run, @Nullable Path resumeFrom) {
    return StartingPoint.division(place(run, resumeFrom));
  }

  private static RunFolders place(Path run, @Nullable Path resumeFrom) {
    return new RunFolders(null, null, run, run, resumeFrom, null, null, null, null, "pod");
  }

  private Path run(String name, @Nullable FolderReading reading) throws IOException {
    Path run = Files.createDirectory(java.util.Objects.requireNonNull(temporary).resolve(name));
    new RunDescription(
            Software.ofThisProcess(),
            "cpu",
            2,
            "Adam",
            "/data",
            List.of("a", "b"),
            8,
            1,
            1,
            0,
            null,
            null,
            reading,
            null,
            reading == null ? null : Division.CLASSES_TOGETHER,
            null)
        .write(run);
    return run;
  }
}
