package training.fusion.e2e.operator;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;

/** A run that has trained nothing holds nothing: its spec may be changed, and is what trains. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class ChangedBeforeItBeganTest {
  private static final Map<String, ?> LONGER =
      Map.of("spec", Map.of("training", Map.of("epochs", 4)));

  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final Trainings trainings;

  /** No node has it until a test gives it to one. */
  private final String label;

  private ShippedOperator operator;

  ChangedBeforeItBeganTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    client = controlPlane.client();
    trainings = new Trainings(controlPlane, "changed");
    label = "test.fusion.training/" + trainings.namespace;
  }

  @BeforeEach
  void start() throws IOException {
    operator = new ShippedOperator(controlPlane, trainings.namespace, List.of());
  }

  @AfterEach
  void stop() {
    operator.close();
    trainings.close();
    client.nodes().list().getItems().stream()
        .filter(node -> node.getMetadata().getLabels().containsKey(label))
        .forEach(node -> label(node.getMetadata().getName(), "-"));
  }

  @Test
  void a_pod_that_found_no_node_makes_way_for_one_of_the_changed_spec() {
    waiting("vision-waits");
    FusionTrainingStatus before = trainings.get("vision-waits").getStatus();
    assertThat(before.begun()).isNull();

    trainings.patch("vision-waits", nowhereToBe(null));

    trainings.succeeded("vision-waits");
    FusionTrainingStatus after = trainings.get("vision-waits").getStatus();
    assertThat(after.begun()).isTrue();
    assertThat(after.runKey()).isNotEqualTo(before.runKey());
    assertThat(trainings.jobsEverMade("vision-waits"))
        .containsExactly(before.jobName(), after.jobName());
    assertThat(trainings.jobs("vision-waits")).hasSize(1);
    assertThatThrownBy(() -> trainings.patch("vision-waits", LONGER))
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("training cannot change within a run that has begun");
  }

  @Test
  void a_training_that_was_made_suspended_is_changed_as_one_likes_and_makes_one_job() {
    trainings.create("vision-later", "200ms", spec -> spec.put("suspend", true));
    trainings.state("vision-later", State.SUSPENDED);

    trainings.patch("vision-later", LONGER);
    trainings.patch("vision-later", Map.of("spec", Map.of("training", Map.of("batchSize", 16))));
    trainings.patch("vision-later", Map.of("spec", Map.of("suspend", false)));

    trainings.succeeded("vision-later");
    assertThat(trainings.jobsEverMade("vision-later")).hasSize(1);
    assertThat(configuration("vision-later")).contains("\"epochs\":4", "\"batchSize\":16");
  }

  @Test
  void what_failed_before_a_node_was_found_is_put_right_without_another_name() {
    trainings.create(
        "vision-late",
        "200ms",
        spec -> {
          spec.withObject("/pod/nodeSelector").put(label, "here");
          spec.withObject("/runPolicy").put("pendingDeadlineSeconds", 1);
        });
    trainings.state("vision-late", State.FAILED);

    trainings.patch(
        "vision-late", Map.of("spec", Map.of("runPolicy", Map.of("pendingDeadlineSeconds", 600))));
    trainings.patch("vision-late", nowhereToBe(null));

    FusionTrainingStatus status =
        trainings.status("vision-late", seen -> seen.state() == State.SUCCEEDED);
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
  }

  @Test
  void of_a_change_at_the_moment_in_which_its_pod_begins_the_changed_spec_is_what_trains() {
    waiting("vision-runs");
    String former = trainings.get("vision-runs").getStatus().runKey();
    operator.kill();
    // nobody notes that it begins
    label(client.nodes().list().getItems().get(0).getMetadata().getName(), "=here");
    Pod first = trainings.running("vision-runs");

    trainings.patch("vision-runs", LONGER);
    startAgain();

    Pod second = trainings.running("vision-runs", first);
    assertThat(run(second)).isNotEqualTo(run(first)).isNotEqualTo(former);
    assertThat(trainings.pods("vision-runs")).as("one at a time").hasSize(1);
    assertThat(configuration("vision-runs")).contains("\"epochs\":4");
    trainings.status("vision-runs", seen -> Boolean.TRUE.equals(seen.begun()));
    trainings.end(second, "succeeds");
    assertThat(trainings.ended("vision-runs").runKey()).isEqualTo(run(second));
  }

  @Test
  void what_was_read_before_the_run_began_is_not_written_over_it_afterwards() {
    waiting("vision-runs");
    FusionTraining read = trainings.get("vision-runs");
    label(client.nodes().list().getItems().get(0).getMetadata().getName(), "=here");
    trainings.status("vision-runs", seen -> Boolean.TRUE.equals(seen.begun()));

    read.getMetadata().setLabels(Map.of("changed", "true"));

    assertThatThrownBy(() -> client.resource(read).inNamespace(trainings.namespace).update())
        .isInstanceOf(KubernetesClientException.class)
        .extracting(e -> ((KubernetesClientException) e).getCode())
        .isEqualTo(409);
    assertThatThrownBy(() -> trainings.patch("vision-runs", LONGER))
        .isInstanceOf(KubernetesClientException.class)
        .extracting(e -> ((KubernetesClientException) e).getCode())
        .isEqualTo(422);
    assertThat(trainings.jobsEverMade("vision-runs")).hasSize(1);
  }

  /** A training whose Job has a pod that no node takes, as its status says. */
  private void waiting(String name) {
    trainings.create(
        name, "200ms", spec -> spec.withObject("/pod/nodeSelector").put(label, "here"));
    trainings.status(name, seen -> seen.jobName() != null);
    client
        .pods()
        .inNamespace(trainings.namespace)
        .waitUntilCondition(
            pod ->
                pod != null
                    && pod.getStatus().getConditions().stream()
                        .anyMatch(condition -> "Unschedulable".equals(condition.getReason())),
            60,
            SECONDS);
  }

  private Map<String, ?> nowhereToBe(String value) {
    Map<String, String> selector = new HashMap<>();
    selector.put(label, value);
    return Map.of("spec", Map.of("pod", Map.of("nodeSelector", selector)));
  }

  private void label(String node, String change) {
    assertThat(controlPlane.kubectl(null, "label", "node", node, label + change).exitCode())
        .isZero();
  }

  private void startAgain() {
    try {
      operator.startAgain();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String run(Pod pod) {
    return pod.getMetadata().getLabels().get("fusion.training/run");
  }

  /** What the newest Job's trainer is told. */
  private String configuration(String name) {
    return trainings
        .jobs(name)
        .get(0)
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .get(0)
        .getEnv()
        .stream()
        .map(variable -> String.valueOf(variable.getValue()))
        .filter(value -> value.contains("\"epochs\""))
        .findFirst()
        .orElse("");
  }
}
