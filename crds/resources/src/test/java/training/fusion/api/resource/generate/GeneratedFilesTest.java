package training.fusion.api.resource.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class GeneratedFilesTest {
  private static final Path REPOSITORY = Path.of("../..");

  @TestFactory
  Stream<DynamicTest> isCurrent() {
    return Generate.files(REPOSITORY).entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey() + " is current",
                    () ->
                        assertThat(REPOSITORY.resolve(file.getKey()))
                            .as(
                                "%s is not what its sources give; run: mvn -pl crds/resources -am process-test-classes -Pgenerate",
                                file.getKey())
                            .exists()
                            .content()
                            .isEqualTo(file.getValue())));
  }

  /** Flux drops links from what it takes out of Git, and a package that holds some is refused. */
  @Test
  @DisplayName("the chart holds no link, and no copy that nothing makes")
  void theChartIsMadeOfFiles() throws IOException {
    Path chart = REPOSITORY.resolve("deploy/helm");
    try (Stream<Path> files = Files.walk(chart)) {
      assertThat(files).noneMatch(Files::isSymbolicLink);
    }
    try (Stream<Path> files = Files.walk(chart.resolve("files"))) {
      assertThat(files.filter(Files::isRegularFile).map(REPOSITORY::relativize).map(Path::toString))
          .isNotEmpty()
          .isSubsetOf(Generate.files(REPOSITORY).keySet());
    }
  }
}
