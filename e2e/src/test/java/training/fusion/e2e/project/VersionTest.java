package training.fusion.e2e.project;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.e2e.cluster.ControlPlane;

@DisplayName("The version")
class VersionTest {
  private static final Path ROOT = ControlPlane.MODULE.resolve("..").normalize();
  private static final String VERSION = "(\\d+\\.\\d+\\.\\d+)";

  /** How files say it that are read as they are, by people and by other tools. */
  private static final Pattern OURS =
      Pattern.compile(
          "(?:fusion-trainer:|fusion-training-operator:|fusion-training-bundle:|fusion-training-"
              + "|fusion-training\\.v|newTag: |ref: \\{tag: v)"
              + VERSION);

  private static final Pattern HEADING = Pattern.compile("(?m)^## " + VERSION);

  @Test
  @DisplayName("stands once in the project, and is the one that every other file names")
  void once() {
    String version = first(read(ROOT.resolve("pom.xml")), "<revision>" + VERSION + "</revision>");

    var named = new TreeMap<String, List<String>>();
    Stream.of("deploy", "docs", "examples", "operator/src/main")
        .flatMap(folder -> regularFiles(ROOT.resolve(folder)).stream())
        .filter(file -> !file.startsWith(ROOT.resolve("docs/evidence")))
        .forEach(
            file -> {
              List<String> versions = all(OURS, read(file));
              if (!versions.isEmpty()) {
                named.put(ROOT.relativize(file).toString(), versions);
              }
            });
    String chart = read(ROOT.resolve("deploy/helm/Chart.yaml"));
    named.put("Chart.yaml, version", List.of(first(chart, "(?m)^version: " + VERSION)));
    named.put("Chart.yaml, appVersion", List.of(first(chart, "(?m)^appVersion: " + VERSION)));
    named.put("CHANGELOG.md", all(HEADING, read(ROOT.resolve("CHANGELOG.md"))).subList(0, 1));

    assertThat(named).hasSizeGreaterThan(10);
    assertThat(named)
        .allSatisfy((file, versions) -> assertThat(versions).as(file).containsOnly(version));
  }

  @Test
  @DisplayName("is given to the modules by the project alone")
  void modules() {
    List<Path> poms =
        regularFiles(ROOT).stream().filter(file -> file.endsWith("pom.xml")).sorted().toList();
    assertThat(poms).hasSizeGreaterThan(10);
    assertThat(poms)
        .allSatisfy(
            pom ->
                assertThat(read(pom))
                    .as("%s", pom)
                    .contains("<version>${revision}${changelist}</version>"));
  }

  private static String first(String text, String pattern) {
    List<String> found = all(Pattern.compile(pattern), text);
    assertThat(found).as(pattern).isNotEmpty();
    return found.get(0);
  }

  private static List<String> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).toList();
  }

  private static List<Path> regularFiles(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> Stream.of(".git", "target", ".fusion").noneMatch(it -> isIn(file, it)))
          .filter(file -> file.toFile().length() < 1 << 20)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isIn(Path file, String folder) {
    for (Path part : ROOT.relativize(file)) {
      if (part.toString().equals(folder)) {
        return true;
      }
    }
    return false;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file, ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
