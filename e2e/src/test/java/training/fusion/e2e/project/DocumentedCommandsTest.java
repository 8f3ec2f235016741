package training.fusion.e2e.project;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.function.Predicate.not;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;

/**
 * The commands in README and {@code docs} work, page by page as a reader gives them, on the control
 * plane, in a copy of the repository. Those that can't be run here are listed in {@code
 * commands-not-run.txt}, each with its reason.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@TestInstance(Lifecycle.PER_CLASS)
class DocumentedCommandsTest {
  private static final Path ROOT = ControlPlane.MODULE.getParent();
  private static final Path COPY = ControlPlane.MODULE.resolve("target/docs");
  private static final List<String> NAMESPACES = List.of("fusion-training", "vision");

  private final ControlPlane controlPlane;

  DocumentedCommandsTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane.withCustomResources();
  }

  /** Those with commands, without the records of what was decided and measured. */
  static List<Path> pages() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    try (Stream<Path> files = Files.list(ROOT.resolve("docs"))) {
      files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
    }
    pages.removeIf(page -> commands(page).stream().allMatch(NotRun::has));
    return pages;
  }

  /** A copy to work in, and what pages take for granted: Argo CD's namespace. */
  @BeforeAll
  void begin_as_a_reader_does() throws IOException {
    Kubectl.succeeded(controlPlane.kubectl(null, "create", "namespace", "argocd"));
    Files.createDirectories(COPY);
    try (Stream<Path> files = Files.list(ROOT)) {
      for (Path file : files.filter(it -> !it.endsWith(".git")).toList()) {
        Path link = COPY.resolve(file.getFileName());
        Files.deleteIfExists(link);
        Files.createSymbolicLink(link, file);
      }
    }
  }

  @AfterAll
  void leave_the_cluster_as_it_was() {
    deleteNamespace("argocd");
    controlPlane.kubectl(
        null, "delete", "fusionsweeps,fusiontrainings", "--all", "--namespace=default");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void each_page_s_commands_work_in_their_order(Path page) throws Exception {
    work("", page);
  }

  @Test
  void the_page_on_helm_works_with_helm_4() throws Exception {
    work("helm() { helm4 \"$@\"; }\n", ROOT.resolve("docs/install-helm.md"));
  }

  /**
   * Gives a page's commands.
   *
   * @param before what the shell is told first
   */
  private void work(String before, Path page) throws Exception {
    List<DocumentedCommand> commands = commands(page).stream().filter(not(NotRun::has)).toList();
    String script =
        commands.stream()
            .map(command -> "echo '+ line " + command.line() + "'\n" + command.text() + "\n")
            .collect(Collectors.joining("", "set -euo pipefail\n" + before, ""));

    List<String> namespaces =
        NAMESPACES.stream().filter(name -> script.contains("namespace " + name)).toList();
    namespaces.forEach(this::awaitNoNamespace); // of an earlier page or test
    ControlPlane.Output output = shell(script);
    namespaces.forEach(this::deleteNamespace);
    controlPlane.kubectl(
        null,
        "delete",
        "clusterroles,clusterrolebindings",
        "--selector=app.kubernetes.io/part-of=fusion-training");

    assertThat(output.exitCode()).as("%s%n%s", page, output.text()).isZero();
  }

  @Test
  void what_is_not_run_is_there_and_says_why() throws IOException {
    List<String> there = new ArrayList<>();
    try (Stream<Path> files = Files.walk(ROOT.resolve("docs"))) {
      Stream.concat(Stream.of(ROOT.resolve("README.md")), files)
          .filter(file -> file.toString().endsWith(".md"))
          .flatMap(page -> commands(page).stream())
          .forEach(command -> there.add(NotRun.key(command)));
    }

    assertThat(NotRun.REASONS).isNotEmpty();
    assertThat(there).containsAll(NotRun.onPagesThatAreThere());
    assertThat(NotRun.REASONS.values()).allMatch(reason -> reason.length() > 10);
  }

  private void awaitNoNamespace(String name) {
    var namespace = controlPlane.client().namespaces().withName(name);
    assertThat(eventually(namespace::get, Objects::isNull)).as(name).isNull();
  }

  private void deleteNamespace(String name) {
    controlPlane.client().namespaces().withName(name).delete();
  }

  private static List<DocumentedCommand> commands(Path page) {
    try {
      return DocumentedCommand.of(ROOT, page);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ControlPlane.Output shell(String script) throws IOException, InterruptedException {
    String programs = Kubectl.succeeded(ControlPlane.script(null, "path")).strip();
    ProcessBuilder bash =
        new ProcessBuilder("bash", "-c", script)
            .directory(COPY.toFile())
            .redirectErrorStream(true)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    bash.environment().put("PATH", programs + ":" + System.getenv("PATH"));
    bash.environment().put("KUBECONFIG", controlPlane.kubeconfig().toString());
    bash.environment().put("FUSION_CLUSTER_RUN", controlPlane.kubeconfig().getParent().toString());
    // what ./fusion needs is built; another build would change it under other tests
    bash.environment().put("FUSION_BUILDING", ROOT.toString());
    Process process = bash.start();
    String text = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new ControlPlane.Output(process.waitFor(), text);
  }

  /** The list of what is not run: a page and a command in one line, its reason in the next. */
  private static final class NotRun {
    static final Map<String, String> REASONS = read();

    static boolean has(DocumentedCommand command) {
      return REASONS.containsKey(key(command));
    }

    /** A page may come with a change of its own. */
    static List<String> onPagesThatAreThere() {
      return REASONS.keySet().stream()
          .filter(key -> Files.exists(ROOT.resolve(key.substring(0, key.indexOf(':')))))
          .toList();
    }

    static String key(DocumentedCommand command) {
      return command.page() + ": " + command.text().replaceAll("\\s*\\\\?\\n\\s*", " ");
    }

    private static Map<String, String> read() {
      Path file =
          ControlPlane.MODULE.resolve(
              "src/test/resources/training/fusion/e2e/project/commands-not-run.txt");
      try {
        List<String> lines =
            Files.readAllLines(file).stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
        return IntStream.range(0, lines.size() / 2)
            .boxed()
            .collect(Collectors.toMap(i -> lines.get(2 * i), i -> lines.get(2 * i + 1).strip()));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
