package training.fusion.e2e.installation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.queue.KueueTest;

/**
 * The API server takes everything in {@code deploy} and {@code examples}. The Prometheus operator's
 * kinds are there by its own definitions, Flux's are read by its own types, and the bundle by its
 * manager's validation; Kueue's are there by a definition of the fields that its documentation has;
 * {@link KueueTest} has its own.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@TestInstance(Lifecycle.PER_CLASS)
class ManifestsTest {
  /** What the overlays say, and people replace by their own. */
  private static final String NAMESPACE = "fusion-training";

  private static final String TRAININGS =
      """
      {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data}}
      ---
      {apiVersion: v1, kind: ServiceAccount, metadata: {name: trainer}}
      ---
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: vision}
      spec:
        model: {pretrained: {source: {s3: {uri: s3://weights, secretName: key}}}}
        dataset: {source: {image: {reference: pictures}}}
        checkpoint: {volume: {persistentVolumeClaim: {claimName: data}}}
        pod:
          image: trainer
          serviceAccountName: trainer
          envFrom: [{secretRef: {name: key}}, {configMapRef: {name: settings}}]
          env:
          - {name: A, valueFrom: {secretKeyRef: {name: key, key: a}}}
          - {name: B, valueFrom: {configMapKeyRef: {name: settings, key: a}}}
          volumes:
          - {name: a, configMap: {name: settings}}
          - {name: b, secret: {secretName: key}}
          - {name: c, persistentVolumeClaim: {claimName: data}}
      ---
      apiVersion: fusion.training/v1alpha1
      kind: FusionSweep
      metadata: {name: table}
      spec:
        matrix:
          arms: [{name: a, pod: {image: trainer}}]
          datasets:
          - {name: one, source: {image: {reference: pictures}}}
          - {name: two, source: {persistentVolumeClaim: {claimName: data}}}
          - {name: three, source: {s3: {uri: s3://pictures, secretName: key}}}
        template:
          checkpoint: {volume: {persistentVolumeClaim: {claimName: data}}}
          pod: {image: trainer, serviceAccountName: trainer, envFrom: [{configMapRef: {name: settings}}]}
      """;

  private static final Path FLUX = Manifests.DEPLOY.resolve("flux");
  private static final Path BUNDLE = Manifests.DEPLOY.resolve("olm");

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

  /** As the kinds that come with every cluster: kustomize knows those by itself. */
  @Test
  void a_kustomization_of_trainings_reaches_all_that_they_name() throws IOException {
    Path folder =
        Manifests.kustomization(
            "trainings",
            """
            namePrefix: team-
            resources: [objects.yaml]
            components: [DEPLOY/components/trainings]
            secretGenerator: [{name: key, literals: [accessKeyId=a, secretAccessKey=b]}]
            configMapGenerator: [{name: settings, literals: [A=b]}]
            images:
            - {name: trainer, newName: registry.example/trainer, newTag: "2"}
            - {name: pictures, newName: registry.example/pictures, newTag: "3"}
            """);
    Files.writeString(folder.resolve("objects.yaml"), TRAININGS);

    String made = Manifests.kustomized(folder);

    List<String> names =
        Manifests.objects(made).stream()
            .map(object -> object.at("/metadata/name").asText())
            .filter(name -> name.startsWith("team-key-") || name.startsWith("team-settings-"))
            .toList();
    assertThat(names).hasSize(2);
    for (ObjectNode object : Manifests.objects(made)) {
      if (object.path("kind").asText().startsWith("Fusion")) {
        String text = object.toString();
        assertThat(text)
            .contains("\"claimName\":\"team-data\"", "\"serviceAccountName\":\"team-trainer\"");
        assertThat(text)
            .contains("\"registry.example/trainer:2\"", "\"registry.example/pictures:3\"");
        names.forEach(name -> assertThat(text).contains("\"" + name + "\""));
        assertThat(text).doesNotContain(":\"data\"", ":\"key\"", ":\"settings\"", ":\"trainer\"");
      }
    }
  }

  @Test
  void each_file_is_admitted_by_itself() {
    List<Path> files = new ArrayList<>(Manifests.files(Manifests.DEPLOY));
    files.removeIf(
        file ->
            file.endsWith("kustomization.yaml")
                || file.endsWith("components/trainings/fields.yaml") // kustomize's own
                || file.startsWith(FLUX)
                || file.startsWith(BUNDLE));
    files.addAll(Manifests.files(Manifests.EXAMPLES));
    files.removeIf(
        file -> file.startsWith(Manifests.EXAMPLES.resolve("pipelines"))); // others' kinds
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
        Kubectl.succeeded(Manifests.templated(NAMESPACE, "--values=" + Manifests.ALL_VALUES));

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
  void the_lifecycle_manager_s_own_validation_has_nothing_but_an_icon_to_ask_for() {
    String said =
        Kubectl.succeeded(
            ControlPlane.script(
                null,
                "operator-verify",
                "manifests",
                "--object_validate",
                "--operatorhub_validate",
                BUNDLE.toString()));

    assertThat(said.lines()).hasSize(1).allMatch(line -> line.contains("csv.Spec.Icon"));
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
