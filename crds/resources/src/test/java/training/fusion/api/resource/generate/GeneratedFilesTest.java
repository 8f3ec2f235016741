package training.fusion.api.resource.generate;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class GeneratedFilesTest {
  private static final Path REPOSITORY = Path.of("../..");

  @TestFactory
  Stream<DynamicTest> isCurrent() {
    return Generate.files().entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey() + " is current",
                    () ->
                        assertThat(REPOSITORY.resolve(file.getKey()))
                            .as(
                                "%s is not what the annotated types give; run: mvn -pl crds/resources -am process-test-classes -Pgenerate",
                                file.getKey())
                            .exists()
                            .content()
                            .isEqualTo(file.getValue())));
  }
}
