package training.fusion.operator.reading;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;

@NullUnmarked // an assertion that fails is the answer to what is absent
@DisplayName("An object is read as far as it can be")
class LenientReadingTest {
  private static final KubernetesSerialization CLIENT = client();

  private static KubernetesSerialization client() {
    var mapper = new ObjectMapper();
    new LenientReading().customize(mapper);
    var client = new KubernetesSerialization(mapper, false);
    client.registerKubernetesResource(FusionTraining.class);
    return client;
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      value = {
        "spec.pod.resources.limits.memory | \"\" | {pod: {resources: {limits: {memory: '', cpu: 2}}}}",
        "spec.pod.resources.requests.cpu | \"x\" | {pod: {resources: {requests: {cpu: x}}}}",
        "spec.pod.resources.limits.memory | \"1e999999999\" | {pod: {resources: {limits: {memory: \"1e999999999\"}}}}",
        "spec.pod.volumes[1].emptyDir.sizeLimit | \"\" | {pod: {volumes: [{name: a}, {name: b, emptyDir: {sizeLimit: ''}}]}}",
        "spec.pod.env[0].valueFrom.resourceFieldRef.divisor | \"\" | {pod: {env: [{name: A, valueFrom: {resourceFieldRef: {divisor: ''}}}]}}",
        "spec.model.architecture | \"ConvNeXt\" | {model: {architecture: ConvNeXt}}",
        "spec.training.schedule.type | \"Newer\" | {training: {schedule: {type: Newer}}}",
        "spec.training.epochs | 99999999999 | {training: {epochs: 99999999999}}",
        "spec.training.epochs | {\"min\":1} | {training: {epochs: {min: 1}}}",
        "spec.pod.tolerations | \"all\" | {pod: {tolerations: all}}",
        "spec | [1] | [1]",
      })
  @DisplayName("what cannot be is left out, and noted with field and value")
  void left_out(String field, String value, String spec) {
    FusionTraining training = read(spec);

    assertThat(UnreadField.of(training)).hasSize(1);
    UnreadField unread = UnreadField.of(training).get(0);
    assertThat(unread.field()).isEqualTo(field);
    assertThat(unread.value()).isEqualTo(value);
    assertThat(unread.problem()).doesNotContain("fabric8", "java", "training.fusion");
    assertThat(training.getSpec()).isNotNull();
    assertThat(UnreadField.of(CLIENT.clone(training))).as("in a copy").hasSize(1);
  }

  @Test
  @DisplayName("several of them each for itself, and the rest stays")
  void several() {
    FusionTraining training =
        read(
            "{suspend: true, model: {architecture: New},"
                + " pod: {resources: {limits: {memory: '', cpu: 2}}}}");

    assertThat(UnreadField.of(training))
        .extracting(UnreadField::field)
        .containsExactlyInAnyOrder("spec.model.architecture", "spec.pod.resources.limits.memory");
    assertThat(UnreadField.sentence(UnreadField.of(training)))
        .contains("this version of the operator knows EfficientNetV2-S, EfficientNetV2-M");
    assertThat(training.getSpec().suspend()).isTrue();
    assertThat(training.getSpec().pod().resources().getLimits())
        .isEqualTo(Map.of("cpu", new Quantity("2")));
  }

  @Test
  @DisplayName("fields that this version does not know are passed over")
  void newer_fields() {
    FusionTraining training =
        read("{newer: {a: 1}, model: {newer: 2}, pod: {gpu: {newer: 3}, resources: {newer: [4]}}}");

    assertThat(UnreadField.of(training)).isEmpty();
  }

  @Test
  @DisplayName("a note that somebody writes among the annotations is none")
  void forged() {
    FusionTraining training =
        CLIENT.unmarshal(
            "{\"apiVersion\":\"fusion.training/v1alpha1\",\"kind\":\"FusionTraining\",\"metadata\":{\"name\":\"a\",\"annotations\":{\"unread\":\"all\"}},\"spec\":{}}",
            FusionTraining.class);

    assertThat(UnreadField.of(training)).isEmpty();
  }

  @Test
  @DisplayName("a watch's event of such an object is one")
  void in_a_watch() {
    WatchEvent event =
        CLIENT.unmarshal(
            """
            {"type": "ADDED", "object": {
              "apiVersion": "fusion.training/v1alpha1", "kind": "FusionTraining",
              "metadata": {"name": "a", "resourceVersion": "7"},
              "spec": {"pod": {"resources": {"limits": {"memory": ""}}}}}}
            """,
            WatchEvent.class);

    assertThat(UnreadField.of((HasMetadata) event.getObject())).hasSize(1);
  }

  @Test
  @DisplayName("a sweep's template likewise, and Jobs and pods that others have written into")
  void of_other_kinds() {
    assertThat(
            UnreadField.of(
                CLIENT.unmarshal(
                    """
                    metadata: {name: a}
                    spec: {template: {pod: {resources: {limits: {memory: ''}}}}}
                    """,
                    FusionSweep.class)))
        .extracting(UnreadField::field)
        .containsExactly("spec.template.pod.resources.limits.memory");
    Pod pod =
        CLIENT.unmarshal(
            """
            metadata: {name: a}
            spec:
              containers:
              - {name: trainer, image: ours}
              - {name: sidecar, resources: {limits: {memory: "?"}}, ports: some}
            """,
            Pod.class);
    assertThat(pod.getSpec().getContainers().get(0).getImage()).isEqualTo("ours");
    assertThat(UnreadField.of(pod)).hasSize(2);
    Job job =
        CLIENT.unmarshal("metadata: {name: a}\nspec: {suspend: true, backoffLimit: {}}", Job.class);
    assertThat(job.getSpec().getSuspend()).isTrue();
  }

  @Test
  @DisplayName("where more than a few cannot be, its metadata is")
  void hopeless() {
    String newer =
        "{name: a, valueFrom: {resourceFieldRef: {divisor: ''}}}, "
            .repeat(30)
            .replaceAll(", $", "");

    FusionTraining training = read("{pod: {env: [" + newer + "]}}");

    assertThat(training.getMetadata().getName()).isEqualTo("a");
    assertThat(UnreadField.of(training)).hasSize(20);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0", "1", "1.5", ".5", "5.", "+1", "100m", "1Ki", "16Gi", "1e3", "1E3", "1E", "2e-3",
        "12E+02", "1n"
      })
  @DisplayName("every quantity of Kubernetes is read, and can be compared")
  void quantities(String quantity) {
    FusionTraining training = read("{pod: {resources: {limits: {memory: '" + quantity + "'}}}}");

    assertThat(UnreadField.of(training)).isEmpty();
    Quantity memory = training.getSpec().pod().resources().getLimits().get("memory");
    assertThat(memory).isEqualTo(new Quantity(memory.toString())).hasToString(quantity);
  }

  private static FusionTraining read(String spec) {
    return CLIENT.unmarshal(
        """
        apiVersion: fusion.training/v1alpha1
        kind: FusionTraining
        metadata: {name: a, namespace: b, resourceVersion: '7'}
        spec: %s
        """
            .formatted(spec),
        FusionTraining.class);
  }
}
