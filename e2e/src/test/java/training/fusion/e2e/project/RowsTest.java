package training.fusion.e2e.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.Architecture;
import training.fusion.api.OptimizerType;
import training.fusion.e2e.cluster.ControlPlane;

@DisplayName("A choice is a row")
class RowsTest {
  private static final Path ROOT = ControlPlane.MODULE.resolve("..").normalize();

  @Test
  @DisplayName(
      "a network is named by its row and by the switch from it to its program, by no other")
  void networks() throws IOException {
    List<String> names = new ArrayList<>();
    for (Architecture architecture : Architecture.values()) {
      names.add(architecture.name());
      names.add(architecture.toString());
    }

    assertThat(mainFilesThatName(names))
        .containsExactlyInAnyOrder("Architecture.java", "Architectures.java");
  }

  @Test
  @DisplayName(
      "an optimizer is named by its row, its rule and the switch between them, by no other")
  void optimizers() throws IOException {
    List<String> names =
        Stream.of(OptimizerType.values())
            .filter(type -> type != OptimizerType.NONE)
            .map(type -> "OptimizerType." + type.name())
            .toList();

    assertThat(mainFilesThatName(names))
        .filteredOn(file -> !file.endsWith("Rule.java"))
        .as("beside the rules: SWATS and MAS take Adam's defaults")
        .containsExactly("StrategyDefaults.java");
  }

  /** The benchmarks choose what they measure. */
  private static List<String> mainFilesThatName(List<String> names) throws IOException {
    var named =
        Pattern.compile(
            "(?<![\\w-])("
                + String.join("|", names.stream().map(Pattern::quote).toList())
                + ")(?![\\w-])");
    List<String> files = new ArrayList<>();
    try (Stream<Path> all = Files.walk(ROOT)) {
      for (Path file : all.filter(RowsTest::isMain).toList()) {
        if (named.matcher(Files.readString(file)).find()) {
          files.add(String.valueOf(file.getFileName()));
        }
      }
    }
    return files;
  }

  private static boolean isMain(Path file) {
    return ROOT.relativize(file)
        .toString()
        .matches("(crds/(?!page)[^/]+|operator|local|trainer-image)/src/main/java/.*\\.java");
  }
}
