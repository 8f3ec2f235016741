package training.fusion.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The API server takes everything in {@code deploy} and {@code examples}. The Prometheus operator's
 * kinds are there by its own definitions, Flux's are read by its own types; Kueue's can't be had,
 * and are there by a definition of the fields that its documentation has.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@TestInstance(Lifecycle.PER_CLASS)
class ManifestsTest {
  /** What the overlays say, and people replace by their own. */
  private static final String NAMESPACE = "fusion-training";

  private static final Path FLUX = Manifests.DEPLOY.resolve("flux");

  private final ControlPlane controlPlane;
  private final Kubectl kubectl;

  ManifestsTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane.withCustomResources();
    kubectl = new Kubectl(controlPlane, NAMESPACE);
  }

  @BeforeAll
  void have_namespace_and_the_kinds_of_others() {
    kubectl.ok("create", "namespace", NAMESPACE);
    controlPlane.withKindsOfOthers();
  }

  @AfterAll
  void clean_up() {
    controlPlane.client().namespaces().withName(NAMESPACE).delete();
  }

  static List<Path> kustomizations() {
    return Manifests.files(Manifests.DEPLOY).stream()
        .filter(file -> file.endsWith("kustomization.yaml"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("kustomizations")
  void each_kustomization_is_admitted(Path file) {
    Path folder = file.getParent();
    boolean isComponent = Manifests.objects(file).get(0).path("kind").asText().equals("Component");
    Path rendered =
        isComponent
            ? Manifests.kustomization(
                "component-" + folder.getFileName(),
                "resources: [DEPLOY/overlays/namespace]\ncomponents: [DEPLOY/%s]\n"
                    .formatted(Manifests.DEPLOY.relativize(folder)))
            : folder;

    String admitted = admitted(kubectl.given(Manifests.kustomized(rendered), dryRun("-f", "-")));

    assertThat(admitted.lines()).isNotEmpty();
  }

  @Test
  void each_file_is_admitted_by_itself() {
    List<Path> files = new ArrayList<>(Manifests.files(Manifests.DEPLOY));
    files.removeIf(file -> file.endsWith("kustomization.yaml") || file.startsWith(FLUX));
    files.addAll(Manifests.files(Manifests.EXAMPLES));
    List<String> options = new ArrayList<>();
    files.forEach(file -> options.addAll(List.of("-f", file.toString())));

    String admitted = admitted(kubectl.says(dryRun(options.toArray(String[]::new))));

    assertThat(files).hasSizeGreaterThan(15);
    assertThat(admitted.lines().count()).isGreaterThanOrEqualTo(files.size());
  }

  @Test
  void a_field_that_is_not_there_is_not_admitted() throws IOException {
    String rules = Files.readString(Manifests.DEPLOY.resolve("components/monitoring/rules.yaml"));

    assertThat(kubectl.given(rules.replace("expr:", "expression:"), dryRun("-f", "-")).text())
        .contains("expression");
  }

  @Test
  void whatever_helm_renders_is_admitted() {
    String rendered =
        Kubectl.succeeded(
            Manifests.templated(
                NAMESPACE,
                "--values="
                    + ControlPlane.MODULE.resolve(
                        "src/test/resources/training/fusion/e2e/all-values.yaml")));

    // some of it is for another namespace
    String admitted = admitted(controlPlane.kubectl(rendered, dryRun("-f", "-")));

    assertThat(admitted).contains("customresourcedefinition", "podmonitor", "validatingadmission");
  }

  @Test
  void flux_has_all_kinds_and_fields_of_its_files() {
    assertThat(Manifests.files(FLUX)).hasSize(2);
    for (Path file : Manifests.files(FLUX)) {
      Kubectl.succeeded(ControlPlane.script(null, "verdict", "flux", file.toString()));
    }
  }

  @Test
  void the_definitions_are_all_that_were_generated() throws IOException {
    List<String> kustomized =
        Manifests.objects(Manifests.kustomized(Manifests.DEPLOY.resolve("crds"))).stream()
            .map(definition -> definition.at("/metadata/name").asText())
            .toList();
    try (Stream<Path> generated = Files.list(ControlPlane.CUSTOM_RESOURCES)) {
      assertThat(kustomized)
          .as("crds/resources/kustomization.yaml must name each file of crds/resources/crd")
          .containsExactlyInAnyOrderElementsOf(
              generated
                  .map(file -> Manifests.objects(file).get(0).at("/metadata/name").asText())
                  .toList());
    }
  }

  /** GitOps, Helm 4 and a person may hold the same definitions, as long as they say the same. */
  @Test
  void the_definitions_are_applied_by_several_without_force() {
    String definitions = Manifests.kustomized(Manifests.DEPLOY.resolve("crds"));

    for (String manager : List.of("helm", "flux")) {
      String applied =
          Kubectl.succeeded(
              controlPlane.kubectl(
                  definitions,
                  "apply",
                  "--server-side",
                  "--dry-run=server",
                  "--field-manager=" + manager,
                  "--filename=-"));
      assertThat(applied.lines()).as(manager).hasSize(2);
    }
  }

  private static String[] dryRun(String... options) {
    List<String> all =
        new ArrayList<>(List.of("apply", "--server-side", "--force-conflicts", "--dry-run=server"));
    all.addAll(List.of(options));
    return all.toArray(String[]::new);
  }

  private static String admitted(ControlPlane.Output output) {
    String text = Kubectl.succeeded(output);
    assertThat(text).doesNotContain("Warning");
    return text;
  }
}
