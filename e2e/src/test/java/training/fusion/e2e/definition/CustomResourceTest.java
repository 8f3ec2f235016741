package training.fusion.e2e.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.ControlPlane.Output;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.local.SampleTraining;

/** The real API server takes our definition, and keeps what it is given. */
@OnControlPlane
class CustomResourceTest {
  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final String namespace;
  private final String trainings;

  CustomResourceTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane.withCustomResources();
    client = controlPlane.client();
    namespace = controlPlane.newNamespace("resource");
    trainings = "/apis/fusion.training/v1alpha1/namespaces/" + namespace + "/fusiontrainings";
  }

  @Test
  void the_definition_is_established_and_structural() {
    CustomResourceDefinition definition =
        client
            .apiextensions()
            .v1()
            .customResourceDefinitions()
            .withName("fusiontrainings.fusion.training")
            .get();

    // a schema that is not structural would add the condition NonStructuralSchema
    assertThat(definition.getStatus().getConditions())
        .extracting(
            CustomResourceDefinitionCondition::getType,
            CustomResourceDefinitionCondition::getStatus)
        .containsExactlyInAnyOrder(tuple("NamesAccepted", "True"), tuple("Established", "True"));
    assertThat(definition.getStatus().getStoredVersions()).isEqualTo(List.of("v1alpha1"));
  }

  @Test
  void a_new_training_is_not_taken_for_an_observed_one() throws JsonProcessingException {
    assertThat(create("1e-3", "0").at("/status")).hasToString("{\"observedGeneration\":-1}");
  }

  /** As JSON texts: what a person types must come back as the same double. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1e-4",
        "1E-4",
        "0.0001",
        "0.30000000000000004",
        "0.1",
        "1",
        "2.5e-3",
        "4.9406564584124654e-324",
        "0.012345678901234567890123456789"
      })
  void a_number_is_kept_to_the_last_bit(String number) throws JsonProcessingException {
    double kept =
        create(number, "0").at("/spec/optimization/single/optimizer/learningRate").asDouble();

    assertThat(kept).isEqualTo(Double.parseDouble(number));
  }

  @Test
  void the_largest_seed_is_kept() throws JsonProcessingException {
    assertThat(create("1e-3", "9007199254740991").at("/spec/training/seed").asText())
        .isEqualTo("9007199254740991");
  }

  @Test
  void a_seed_that_a_double_would_change_is_refused() {
    assertThatThrownBy(() -> create("1e-3", "9007199254740993"))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("spec.training.seed")
        .hasMessageContaining("9007199254740991");
  }

  @Test
  void steps_are_whole_numbers_of_64_bits() throws JsonProcessingException {
    create("1e-3", "0");

    Output patched =
        controlPlane.kubectl(
            null,
            "patch",
            "fusiontraining",
            "kept",
            "--namespace=" + namespace,
            "--subresource=status",
            "--type=merge",
            "--patch=status: {progress: {step: 9007199254740993}}");

    assertThat(patched.exitCode()).as(patched.text()).isZero();
    assertThat(read(client.raw(trainings + "/kept")).at("/status/progress/step").asText())
        .isEqualTo("9007199254740993");
  }

  @Test
  void a_text_is_as_long_as_it_has_characters_whatever_their_bytes()
      throws JsonProcessingException {
    create("1e-3", "0");

    assertThat(patchPath("😀".repeat(512)).exitCode()).isZero();
    assertThat(patchPath("😀".repeat(513)).text()).contains("status.model.path", "Too long");
  }

  private Output patchPath(String path) {
    return controlPlane.kubectl(
        null,
        "patch",
        "fusiontraining",
        "kept",
        "--namespace=" + namespace,
        "--subresource=status",
        "--type=merge",
        "--patch={\"status\":{\"model\":{\"sha256\":\"ab\",\"path\":\"%s\"}}}".formatted(path));
  }

  @Test
  void a_file_with_another_source_is_refused_with_a_word_on_the_one_that_is_still_there() {
    String one = SampleTraining.yaml("moved", 1);
    String other =
        one.replace(
                "persistentVolumeClaim: {claimName: " + SampleTraining.DATA + "}",
                "https: {url: \"https://example.com/data.tar\", sha256: \"%s\"}"
                    .formatted("0".repeat(64)))
            .replace("spec:\n", "spec:\n  runId: second\n");
    assertThat(kubectl(one, "create").exitCode()).isZero();

    // who has not applied the first does not take its key away
    Output applied = kubectl(other, "apply");

    assertThat(applied.exitCode()).isNotZero();
    assertThat(applied.text())
        .contains("source needs exactly one of persistentVolumeClaim, https, s3, image")
        .contains("the object still has another: set that to null, or kubectl replace -f the file");
    String without = other.replace("https: {", "persistentVolumeClaim: null\n      https: {");
    assertThat(kubectl(without, "apply").text()).contains("moved configured");
    assertThat(kubectl(one.replace("spec:\n", "spec:\n  runId: third\n"), "replace").text())
        .contains("moved replaced");
  }

  private Output kubectl(String file, String... command) {
    var arguments = new ArrayList<>(List.of(command));
    arguments.addAll(List.of("--filename=-", "--namespace=" + namespace));
    return controlPlane.kubectl(file, arguments.toArray(String[]::new));
  }

  /** A training named "kept", as the API server stored it. */
  private JsonNode create(String learningRate, String seed) throws JsonProcessingException {
    String training =
        """
        {
          "apiVersion": "fusion.training/v1alpha1",
          "kind": "FusionTraining",
          "metadata": {"name": "kept"},
          "spec": {
            "model": {"architecture": "EfficientNetV2-S"},
            "dataset": {
              "format": "IDX",
              "source": {"persistentVolumeClaim": {"claimName": "datasets"}}
            },
            "optimization": {
              "single": {"optimizer": {"type": "Adam", "learningRate": %s}}
            },
            "training": {"seed": %s}
          }
        }
        """
            .formatted(learningRate, seed);
    client.raw(trainings, "POST", training);
    return read(client.raw(trainings + "/kept"));
  }

  private static JsonNode read(String json) throws JsonProcessingException {
    return new ObjectMapper().readTree(json);
  }
}
