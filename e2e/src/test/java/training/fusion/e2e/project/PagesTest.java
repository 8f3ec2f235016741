package training.fusion.e2e.project;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.run.ExitCode;
import training.fusion.e2e.cluster.ControlPlane;

@DisplayName("The pages")
class PagesTest {
  private static final Path ROOT = ControlPlane.MODULE.resolve("..").normalize();
  private static final Path DECISIONS = ROOT.resolve("docs/decisions");

  /** A link to a file of the project, without its anchor. */
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:\\s]+)(?:#[^)]*)?\\)");

  private static final String SITUATIONS =
      "operator/src/main/resources/training/fusion/operator/status/conditions.csv";

  private static final Pattern CODE = Pattern.compile("(?s)```.*?```|`[^`\n]*`");

  @Test
  @DisplayName("lead to files that are there")
  void links() throws IOException {
    assertThat(pages())
        .allSatisfy(
            page ->
                assertThat(linked(page))
                    .as("links of %s", ROOT.relativize(page))
                    .allSatisfy(target -> assertThat(target).exists()));
  }

  @Test
  @DisplayName("are all in the index")
  void index() throws IOException {
    List<Path> linked = linked(ROOT.resolve("docs/README.md"));
    for (String folder : List.of("docs", "docs/evidence")) {
      assertThat(linked)
          .containsAll(markdown(ROOT.resolve(folder)).stream().filter(this::isNoIndex).toList());
    }
  }

  @Test
  @DisplayName("of decisions are in theirs, by number and title")
  void decisions() throws IOException {
    List<String> rows =
        markdown(DECISIONS).stream().filter(this::isNoIndex).map(PagesTest::row).toList();

    assertThat(rows).hasSizeGreaterThan(50);
    assertThat(Files.readAllLines(DECISIONS.resolve("README.md"))).containsSubsequence(rows);
  }

  @Test
  @DisplayName(
      "on trouble tell of every situation that a training may be in, and of every exit code")
  void troubleshooting() throws IOException {
    String page = read(ROOT.resolve("docs/troubleshooting.md"));
    List<String> situations =
        Files.readAllLines(ROOT.resolve(SITUATIONS)).stream()
            .skip(1)
            .map(row -> "`" + row.substring(0, row.indexOf(',')) + "`")
            .filter(situation -> !situation.equals("`Failed`"))
            .toList();

    assertThat(situations).hasSizeGreaterThan(20);
    assertThat(page).contains(situations);
    assertThat(page)
        .contains(Stream.of(ExitCode.values()).map(it -> "\n| " + it.code() + " |").toList());
  }

  private static String row(Path decision) {
    String name = decision.getFileName().toString();
    String number = name.substring(0, 3);
    String heading = read(decision).lines().findFirst().orElseThrow();
    assertThat(heading).as(name).matches("# " + number + "(:| ·) .+");
    return "| [%s](%s) | %s |".formatted(number, name, heading.replaceFirst("# \\d+(:| ·) ", ""));
  }

  private boolean isNoIndex(Path page) {
    return !page.endsWith("README.md");
  }

  private static List<Path> pages() throws IOException {
    return Stream.of("", "docs", "docs/decisions", "docs/evidence", "findings", "examples/paper")
        .map(ROOT::resolve)
        .flatMap(folder -> markdown(folder).stream())
        .toList();
  }

  private static List<Path> markdown(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".md")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> linked(Path page) {
    return LINK.matcher(CODE.matcher(read(page)).replaceAll(""))
        .results()
        .map(link -> page.resolveSibling(link.group(1)).normalize())
        .toList();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
