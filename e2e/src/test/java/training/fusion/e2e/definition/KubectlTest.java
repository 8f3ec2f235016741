package training.fusion.e2e.definition;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.ControlPlane.Output;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.installation.Manifests;

/** What a person sees who works with kubectl. */
@OnControlPlane
class KubectlTest {
  private static final Path EXAMPLES = ControlPlane.MODULE.resolveSibling("examples");
  private static final String QUICKSTART = EXAMPLES.resolve("01-quickstart.yaml").toString();

  private final ControlPlane controlPlane;
  private final String namespace;
  private final Kubectl kubectl;

  KubectlTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane.withCustomResources();
    namespace = controlPlane.newNamespace("kubectl");
    kubectl = new Kubectl(controlPlane, namespace);
  }

  /** All but those of other projects' kinds, which {@code PipelinesTest} has. */
  static List<Path> examples() throws IOException {
    Path pipelines = EXAMPLES.resolve("pipelines");
    try (Stream<Path> files = Files.walk(EXAMPLES)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml") && !file.startsWith(pipelines))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void every_example_is_applied_and_a_second_time_changes_nothing(Path example) {
    assertThat(ok("apply", "-f", example.toString())).endsWith(" created\n");
    assertThat(ok("apply", "-f", example.toString())).endsWith(" unchanged\n");
  }

  @Test
  void server_side_apply_keeps_what_others_own_and_says_who_they_are() {
    assertThat(ok("apply", "--server-side", "-f", QUICKSTART)).endsWith(" serverside-applied\n");
    ok("patch", "ft", "quickstart", "--type=merge", "--patch=spec: {suspend: true}");

    ok("apply", "--server-side", "-f", QUICKSTART);
    Output conflict = apply(yaml().replace("spec:\n", "spec:\n  suspend: false\n"));

    assertThat(ok("get", "ft", "quickstart", "-o=jsonpath={.spec.suspend}")).isEqualTo("true");
    assertThat(conflict.exitCode()).isNotZero();
    assertThat(conflict.text()).contains("conflict with \"kubectl-patch\"", ".spec.suspend");
  }

  private Output apply(String yaml) {
    return kubectl.given(yaml, "apply", "--server-side", "-f", "-");
  }

  private static String yaml() {
    try {
      return Files.readString(Path.of(QUICKSTART));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void diff_shows_what_an_apply_would_change_and_nothing_else() {
    assertThat(kubectl.says("diff", "-f", QUICKSTART).text()).contains("+kind: FusionTraining");
    ok("apply", "-f", QUICKSTART);

    Output same = kubectl.says("diff", "-f", QUICKSTART);
    String changed = yaml().replace("spec:\n", "spec:\n  runId: second\n");
    Output different = kubectl.given(changed, "diff", "-f", "-");

    assertThat(same).isEqualTo(new Output(0, ""));
    assertThat(different.exitCode()).isEqualTo(1);
    assertThat(different.text().lines().filter(line -> line.matches("[-+] .*")))
        .containsExactly(
            "-  generation: 1", "+  generation: 2", "-  runId: \"\"", "+  runId: second");
  }

  @Test
  void edit_changes_what_may_change_and_says_why_the_rest_may_not() throws IOException {
    ok("apply", "-f", QUICKSTART);
    running();

    Output suspended = edit("suspend: false", "suspend: true");
    Output refused = edit("epochs: 3", "epochs: 4");

    assertThat(suspended.exitCode()).as(suspended.text()).isZero();
    assertThat(ok("get", "ft", "quickstart", "-o=jsonpath={.spec.suspend}")).isEqualTo("true");
    assertThat(refused.exitCode()).isNotZero();
    // the editor was opened again, with the reason on top; what it showed last was kept
    Path shown = Path.of(refused.text().replaceAll("(?s).*stored to \"([^\"]+)\".*", "$1"));
    assertThat(shown)
        .content()
        .startsWith("#")
        .contains("training cannot change within a run that has begun; set a new spec.runId");
    Files.delete(shown);
  }

  private Output edit(String from, String to) {
    String editor = "sed -i 's/%s/%s/'".formatted(from, to);
    return controlPlane.edit(editor, "ft", "quickstart", "--namespace=" + namespace);
  }

  @Test
  void get_shows_state_optimizer_and_figures() {
    ok("apply", "-f", QUICKSTART);
    running();

    List<String> lines = ok("get", "ft").lines().toList();

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0).split(" {2,}"))
        .containsExactly(
            "NAME", "STATE", "OPTIMIZER", "EPOCH", "ACCURACY", "LOSS", "F1", "ETA", "AGE");
    assertThat(lines.get(1).split(" {2,}"))
        .startsWith(
            "quickstart",
            "Running",
            "Adam blocks 0–2 → SGD blocks 3–4 and head",
            "2",
            "0.75",
            "0.625",
            "0.734375",
            "2026-01-01T00:00:00Z");
    assertThat(ok("get", "fusiontrainings", "-o", "wide").lines().findFirst())
        .hasValueSatisfying(header -> assertThat(header).contains("IMAGES/S", "RESTARTS", "NODE"));
  }

  @Test
  void an_unknown_field_is_refused_or_dropped_with_a_warning_as_docs_platform_says() {
    String unknown = yaml().replace("spec:\n", "spec:\n  traning: {}\n");
    String path = "/apis/fusion.training/v1alpha1/namespaces/" + namespace + "/fusiontrainings";

    Output plain = kubectl.given(unknown, "apply", "-f", "-");
    Output serverSide = apply(unknown);
    // what kubectl sends so is sent as any client would, without asking for a validation
    String json = Manifests.objects(unknown).get(0).toString();
    Output other = controlPlane.kubectl(json, "create", "--raw=" + path, "--filename=-");

    assertThat(plain.text()).contains("unknown field \"spec.traning\"");
    assertThat(plain.exitCode()).isNotZero();
    assertThat(serverSide.text()).contains("spec.traning");
    assertThat(serverSide.exitCode()).isNotZero();
    assertThat(other.exitCode()).as(other.text()).isZero();
    assertThat(other.text()).contains("Warning: unknown field \"spec.traning\"");
    assertThat(ok("get", "ft", "quickstart", "-o=json")).doesNotContain("traning\":");
  }

  @Test
  void get_selects_by_state_and_by_the_group_s_category() {
    ok("apply", "-f", QUICKSTART);
    running();

    assertThat(ok("get", "fusion", "--field-selector=status.state=Running", "-o=name"))
        .isEqualTo("fusiontraining.fusion.training/quickstart\n");
    assertThat(ok("get", "ft", "--field-selector=status.state=Succeeded", "-o=name")).isEmpty();
  }

  @Test
  void get_watch_shows_a_change() throws IOException {
    ok("apply", "-f", QUICKSTART);
    Process watching =
        controlPlane.kubectlInBackground("get", "ft", "--watch", "--namespace=" + namespace);
    try (BufferedReader lines = watching.inputReader(UTF_8)) {
      assertThat(lines.readLine()).startsWith("NAME");
      assertThat(lines.readLine()).startsWith("quickstart").doesNotContain("Running");

      running();

      assertThat(lines.readLine()).startsWith("quickstart").contains("Running");
    } finally {
      watching.destroy();
    }
  }

  @Test
  void explain_knows_every_field() {
    // the API server publishes a new schema a moment after it serves the resource
    Output explained =
        eventually(
            () -> controlPlane.kubectl(null, "explain", "fusiontraining", "--recursive"),
            output -> output.exitCode() == 0 && output.text().contains("momentumDecay"));

    Set<String> declared = declared(schema(), "");
    assertThat(declared).hasSizeGreaterThan(400);
    assertThat(explained(explained.text())).containsAll(declared);
  }

  @Test
  void explain_describes_a_field() {
    Output explained =
        eventually(
            () -> controlPlane.kubectl(null, "explain", "ft.spec.optimization.fusion.lowLevel"),
            output -> output.exitCode() == 0);

    assertThat(explained.text()).contains("lastBlock", "-required-").doesNotContain("<empty>");
  }

  @ParameterizedTest(name = "{0} cannot be changed")
  @CsvSource(
      delimiter = '|',
      value = {
        "model | {model: {dropout: 0.5}}",
        "dataset | {dataset: {split: {seed: 7}}}",
        "optimization | {optimization: {fusion: {lowLevel: {lastBlock: 1}}}}",
        "training | {training: {epochs: 4}}",
        "checkpoint | {checkpoint: {keep: 9}}",
        "pod.gpu | {pod: {gpu: {count: 1}}}",
        "runPolicy.backoffLimit | {runPolicy: {backoffLimit: 0}}"
      })
  void the_spec_of_a_run_does_not_change_once_it_has_begun(String field, String change) {
    ok("apply", "-f", QUICKSTART);
    assertThat(patch("{suspend: true}").exitCode()).isZero();
    assertThat(
            kubectl
                .says(
                    "patch",
                    "ft",
                    "quickstart",
                    "--type=merge",
                    "--dry-run=server",
                    "--patch=spec: " + change)
                .exitCode())
        .as("before it has begun")
        .isZero();
    running();

    Output refused = patch(change);

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.text())
        .contains(
            field
                + " cannot change within a run that has begun; set a new spec.runId to run with the"
                + " change");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{suspend: true}",
        "{runPolicy: {ttlSecondsAfterFinished: 0}}",
        "{runId: second, training: {epochs: 4}, model: {dropout: 0.5}}"
      })
  void what_may_change_changes(String change) {
    ok("apply", "-f", QUICKSTART);
    running();

    assertThat(patch(change))
        .isEqualTo(new Output(0, "fusiontraining.fusion.training/quickstart" + " patched\n"));
  }

  /** As the operator's status does while a training runs. */
  private void running() {
    ok(
        "patch",
        "ft",
        "quickstart",
        "--subresource=status",
        "--type=merge",
        """
        --patch=status: {
          state: Running,
          begun: true,
          optimization: {summary: "Adam blocks 0–2 → SGD blocks 3–4 and head"},
          progress: {epoch: 2, estimatedCompletionTime: "2026-01-01T00:00:00Z"},
          metrics: {split: Validation, epoch: 1, accuracy: 0.75, loss: 0.625, f1: 0.734375}}
        """);
  }

  private Output patch(String specChange) {
    return kubectl.says("patch", "ft", "quickstart", "--type=merge", "--patch=spec: " + specChange);
  }

  private String ok(String... arguments) {
    return kubectl.ok(arguments);
  }

  /** Paths of the fields in the tree that {@code explain --recursive} prints. */
  private static Set<String> explained(String tree) {
    Set<String> paths = new TreeSet<>();
    List<String> path = new ArrayList<>();
    for (String line : tree.substring(tree.indexOf("FIELDS:")).lines().toList()) {
      int tab = line.indexOf('\t'); // between name and type; other lines list an enumeration
      if (tab > 0) {
        String name = line.substring(0, tab).strip();
        path = new ArrayList<>(path.subList(0, line.indexOf(name) / 2 - 1));
        path.add(name);
        paths.add(String.join(".", path));
      }
    }
    return paths;
  }

  /** Paths of the fields of our own types. */
  private static Set<String> declared(JSONSchemaProps schema, String path) {
    Set<String> paths = new TreeSet<>();
    JSONSchemaProps type = schema.getItems() == null ? schema : schema.getItems().getSchema();
    if (type.getProperties() != null) {
      type.getProperties()
          .forEach(
              (name, field) -> {
                paths.add(path + name);
                paths.addAll(declared(field, path + name + "."));
              });
    }
    return paths;
  }

  private JSONSchemaProps schema() {
    return controlPlane
        .client()
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("fusiontrainings.fusion.training")
        .get()
        .getSpec()
        .getVersions()
        .get(0)
        .getSchema()
        .getOpenAPIV3Schema();
  }
}
