package training.fusion.e2e.installation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;

/** The Helm chart makes the same objects as the kustomizations do. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class ChartTest {
  private static final String NAMESPACE = "vision";

  /** Labels by which whoever installed it finds it again. */
  private static final Set<String> PACKAGING =
      Set.of(
          "app.kubernetes.io/managed-by",
          "app.kubernetes.io/part-of",
          "app.kubernetes.io/version",
          "helm.sh/chart");

  @Test
  void for_one_namespace() {
    assertThat(chart("--set=definitions.install=false"))
        .isEqualTo(kustomized("resources: [DEPLOY/overlays/namespace]"));
  }

  @Test
  void for_all_namespaces() {
    assertThat(chart("--set=scope=Cluster,definitions.install=false"))
        .isEqualTo(kustomized("resources: [DEPLOY/overlays/cluster]"));
  }

  @Test
  void with_everything() {
    assertThat(
            chart(
                "--set=scope=Cluster,networkPolicies.install=true,monitoring.install=true",
                "--set=trainer.queue=fusion-training,tls.secretName=fusion-training-operator-tls",
                "--set=trainer.gpu.image=fusion-trainer:0.1.0-cu121",
                "--set=trainer.gpu.runtimeClassName=nvidia",
                "--set=trainer.gpu.toleratedTaints={nvidia.com/gpu}"))
        .isEqualTo(
            kustomized(
                """
                resources:
                - DEPLOY/crds
                - DEPLOY/overlays/cluster
                - DEPLOY/trainers-network-policy
                components:
                - DEPLOY/components/gpu
                - DEPLOY/components/kueue
                - DEPLOY/components/monitoring
                - DEPLOY/components/network-policy
                - DEPLOY/components/tls
                """));
  }

  @Test
  void where_openshift_assigns_users_and_groups() {
    Map<String, JsonNode> chart = chart("--set=openshift=true,definitions.install=false");

    assertThat(chart)
        .isEqualTo(
            kustomized(
                """
                resources: [DEPLOY/overlays/namespace]
                components: [DEPLOY/components/openshift]
                """));
    JsonNode deployment = chart.get("Deployment vision/fusion-training-operator");
    assertThat(deployment.toString()).doesNotContain("runAsUser", "runAsGroup");
    assertThat(deployment.toString()).contains("\"FUSION_TRAINER_FS_GROUP\",\"value\":\"\"");
  }

  /** By itself: kustomize would give it a namespace, and it belongs to the cluster. */
  @Test
  void with_the_admission_policy() {
    Map<String, JsonNode> policy =
        comparable(
            Manifests.kustomized(
                Manifests.kustomization("policy", "resources: [DEPLOY/admission-policy]")));

    assertThat(policy).hasSize(2);
    assertThat(chart("--set=admissionPolicy.install=true")).containsAllEntriesOf(policy);
  }

  @Test
  void the_admission_policy_s_lists_are_values() {
    assertThat(
            chart(
                    "--set=admissionPolicy.install=true,admissionPolicy.images={a/*,b}",
                    "--set=admissionPolicy.serviceAccounts={trainer}")
                .toString())
        .contains("[\\\"a/*\\\",\\\"b\\\"]", "[\\\"trainer\\\"]");
  }

  @Test
  void more_namespaces_get_the_same_role_and_the_operator_is_told_of_them() {
    Map<String, JsonNode> objects =
        chart("--set=definitions.install=false,namespaces={speech,vision}");

    assertThat(objects.get("Role speech/fusion-training-operator").path("rules"))
        .isEqualTo(objects.get("Role vision/fusion-training-operator").path("rules"));
    assertThat(objects.get("RoleBinding speech/fusion-training-operator").at("/subjects/0"))
        .isEqualTo(objects.get("RoleBinding vision/fusion-training-operator").at("/subjects/0"));
    assertThat(objects.get("Deployment vision/fusion-training-operator").toString())
        .contains("\"FUSION_NAMESPACES\",\"value\":\"vision,speech\"");
  }

  @Test
  void configuration_becomes_environment_variables_by_quarkus_rule() {
    assertThat(chart("--set=configuration.progress\\.minimum-interval=1s").toString())
        .contains("\"FUSION_PROGRESS_MINIMUM_INTERVAL\",\"value\":\"1s\"");
  }

  @Test
  void an_image_is_named_by_tag_or_digest() {
    String digest = "sha256:" + "0".repeat(64);
    assertThat(chart("--set-string=image.repository=registry.example/o,image.tag=2").toString())
        .contains("\"registry.example/o:2\"");
    assertThat(chart("--set=image.digest=" + digest).toString())
        .contains("\"fusion-training-operator@" + digest + "\"");
  }

  @Test
  void definitions_outlive_the_release() {
    List<ObjectNode> definitions =
        Manifests.objects(Kubectl.succeeded(Manifests.templated(NAMESPACE))).stream()
            .filter(object -> object.path("kind").asText().equals("CustomResourceDefinition"))
            .toList();

    assertThat(definitions)
        .isNotEmpty()
        .allSatisfy(
            definition ->
                assertThat(definition.at("/metadata/annotations/helm.sh~1resource-policy").asText())
                    .isEqualTo("keep"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "scop=Cluster | additional properties 'scop' not allowed",
        "scope=Everywhere | value must be one of 'Namespace', 'Cluster'",
        "replicas=two | got string, want integer",
        "trainer.gpu.taints={a} | additional properties 'taints' not allowed",
        "configuration.progress\\.adress=x | value must be one of 'trainer.fs-group'",
        "image.digest=latest | does not match pattern",
      })
  void a_value_that_the_chart_does_not_know_is_refused(String value, String told) {
    ControlPlane.Output output = Manifests.templated(NAMESPACE, "--set=" + value);

    assertThat(output.exitCode()).isNotZero();
    assertThat(output.text()).contains(told);
  }

  /** Flux takes the folder out of Git, most people the package. */
  @Test
  void the_build_packages_what_helm_would() throws IOException {
    Path helms = Manifests.packaged(Manifests.CHART);

    assertThat(contents(Manifests.packaged())).isNotEmpty().isEqualTo(contents(helms));
  }

  /**
   * The files of an archive; of {@code Chart.yaml}, which Helm writes anew, what it says. Helm puts
   * a text into the gzip header's extra field, which commons-compress 1.28 takes for subfields.
   */
  private static Map<String, Object> contents(Path archive) throws IOException {
    Map<String, Object> contents = new TreeMap<>();
    try (var entries =
        new TarArchiveInputStream(
            new GZIPInputStream(new ByteArrayInputStream(Files.readAllBytes(archive))))) {
      for (var entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        if (!entry.isDirectory()) {
          assertThat(entry.isSymbolicLink()).as(entry.getName()).isFalse();
          String text = new String(entries.readAllBytes(), UTF_8);
          boolean rewritten = entry.getName().endsWith("/Chart.yaml");
          contents.put(entry.getName(), rewritten ? Manifests.objects(text) : text);
        }
      }
    }
    return contents;
  }

  @Test
  void helm_4_makes_the_same_of_it() {
    for (String options : List.of("--set=scope=Namespace", "--values=" + Manifests.ALL_VALUES)) {
      assertThat(comparable(rendered("helm4", options)))
          .isEqualTo(comparable(rendered("helm", options)));
    }
  }

  private static String rendered(String program, String options) {
    return Kubectl.succeeded(Manifests.templatedBy(program, NAMESPACE, options));
  }

  @Test
  void lint_has_nothing_to_say() {
    String said =
        Kubectl.succeeded(
            ControlPlane.script(null, "helm", "lint", "--strict", Manifests.CHART.toString()));

    assertThat(said).contains("0 chart(s) failed").doesNotContain("[WARNING]", "[ERROR]");
  }

  private static Map<String, JsonNode> chart(String... options) {
    return comparable(Kubectl.succeeded(Manifests.templated(NAMESPACE, options)));
  }

  private static Map<String, JsonNode> kustomized(String yaml) {
    return comparable(
        Manifests.kustomized(
            Manifests.kustomization("chart", "namespace: " + NAMESPACE + "\n" + yaml)));
  }

  /** Objects by kind, namespace and name, without what differs on purpose. */
  private static Map<String, JsonNode> comparable(String yaml) {
    return Manifests.objects(yaml).stream()
        .map(ChartTest::comparable)
        .collect(toMap(ChartTest::key, it -> it, (one, other) -> twice(one), TreeMap::new));
  }

  private static JsonNode twice(JsonNode object) {
    throw new AssertionError("twice: " + key(object));
  }

  private static String key(JsonNode object) {
    return "%s %s/%s"
        .formatted(
            object.path("kind").asText(),
            object.at("/metadata/namespace").asText(),
            object.at("/metadata/name").asText());
  }

  private static JsonNode comparable(ObjectNode object) {
    ObjectNode metadata = object.withObject("/metadata");
    metadata.withObject("/labels").remove(PACKAGING);
    metadata.withObject("/annotations").remove("helm.sh/resource-policy");
    Stream.of("labels", "annotations")
        .filter(field -> metadata.path(field).isEmpty())
        .toList()
        .forEach(metadata::remove);
    for (JsonNode container : object.at("/spec/template/spec/containers")) {
      environment((ObjectNode) container);
    }
    return object;
  }

  /** Sorted: neither tool keeps an order, and only one variable is used by another. */
  private static void environment(ObjectNode container) {
    List<JsonNode> variables = new ArrayList<>();
    container.path("env").forEach(variables::add);
    assertThat(variables.stream().map(it -> it.path("name").asText()))
        .as("a variable is defined before it is used")
        .containsSubsequence("POD_NAMESPACE", "FUSION_PROGRESS_ADDRESS");
    for (JsonNode variable : variables) {
      // kustomize has no other way to say a namespace that it is told by a user's kustomization
      if (variable.path("name").asText().equals("FUSION_NAMESPACES") && variable.has("valueFrom")) {
        ((ObjectNode) variable).put("value", NAMESPACE).remove("valueFrom");
      }
    }
    variables.sort(Comparator.comparing(it -> it.path("name").asText()));
    ArrayNode sorted = container.putArray("env");
    variables.forEach(sorted::add);
  }
}
