package training.fusion.e2e.operator;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.cluster.Volumes;

/** The operator as it is shipped, in a process of its own, on a real control plane. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class OperatorTest {
  private static final Path QUICKSTART =
      ControlPlane.MODULE.resolveSibling("examples/01-quickstart.yaml");

  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final String namespace;
  private ShippedOperator operator;

  OperatorTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane.withCustomResources();
    client = controlPlane.client();
    namespace = controlPlane.newNamespace("operator");
  }

  @BeforeEach
  void start() throws IOException {
    Volumes.bind(controlPlane, namespace, "fashion-mnist");
    Volumes.bind(controlPlane, namespace, "checkpoints");
    operator =
        new ShippedOperator(controlPlane, namespace, List.of("kubernetes.user.agent=" + agent()));
  }

  private String agent() {
    return "operator-of-" + namespace;
  }

  @AfterEach
  void stop() {
    operator.close();
    client.namespaces().withName(namespace).delete();
  }

  @Test
  void a_training_succeeds_with_its_figures_in_status_and_one_job() throws IOException {
    apply("vision-succeeds");

    FusionTrainingStatus status = ended("vision-succeeds").getStatus();

    Trainings.assertResult("vision-succeeds", status);
    assertThat(conditions(status))
        .containsEntry("Complete", "True")
        .containsEntry("Failed", "False")
        .containsEntry("Stalled", "False")
        .containsEntry("Reconciling", "False");
    assertThat(jobs()).hasSize(1);
    assertThat(
            controlPlane
                .kubectl(
                    null,
                    "wait",
                    "--for=condition=Complete",
                    "ft/vision-succeeds",
                    "--timeout=1s",
                    "--namespace=" + namespace)
                .exitCode())
        .isZero();
  }

  @Test
  void what_is_watched_is_listed_page_by_page_so_that_any_number_of_trainings_fits_in_memory()
      throws IOException {
    apply("vision-succeeds");
    ended("vision-succeeds");

    assertThat(
            controlPlane
                .auditLog()
                .requests(agent(), event -> event.path("verb").asText().equals("list")))
        .extracting(event -> event.path("requestURI").asText())
        .filteredOn(uri -> !uri.contains("limit=1")) // whether the namespace can be watched
        .hasSize(5)
        .allMatch(uri -> uri.contains("limit=50"));
  }

  @Test
  void what_trying_again_can_not_mend_fails_at_once_and_in_words() throws IOException {
    apply("vision-fails-64");

    FusionTrainingStatus status = ended("vision-fails-64").getStatus();

    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(conditions(status))
        .containsEntry("Failed", "True")
        .containsEntry("Stalled", "True")
        .containsEntry("Complete", "False");
    assertThat(status.failures())
        .singleElement()
        .satisfies(
            failure -> {
              assertThat(failure.exitCode()).isEqualTo(64);
              assertThat(failure.message()).isNotBlank();
            });
  }

  @Test
  void an_operator_that_was_killed_records_the_result_and_trains_nothing_twice()
      throws IOException {
    apply("vision-runs");
    eventually(
        () -> training("vision-runs"),
        seen -> seen.getStatus() != null && seen.getStatus().state() == State.RUNNING);
    operator.kill();
    client
        .pods()
        .inNamespace(namespace)
        .list()
        .getItems()
        .forEach(
            pod ->
                controlPlane.kubectl(
                    null,
                    "annotate",
                    "pod/" + pod.getMetadata().getName(),
                    "simulation.fusion.training/ending=succeeds",
                    "--namespace=" + namespace));
    client
        .batch()
        .v1()
        .jobs()
        .inNamespace(namespace)
        .withName(jobs().get(0))
        .waitUntilCondition(
            job -> job != null && job.getStatus().getSucceeded() != null, 60, SECONDS);

    operator.startAgain();

    assertThat(ended("vision-runs").getStatus().state()).isEqualTo(State.SUCCEEDED);
    assertThat(jobs()).hasSize(1);
  }

  private void apply(String name) throws IOException {
    String yaml = Files.readString(QUICKSTART).replace("name: quickstart", "name: " + name);
    ControlPlane.Output applied =
        controlPlane.kubectl(yaml, "apply", "-f", "-", "--namespace=" + namespace);
    assertThat(applied.exitCode()).as(applied.text()).isZero();
  }

  private FusionTraining ended(String name) {
    return eventually(
        () -> training(name),
        seen -> seen.getStatus() != null && seen.getStatus().completionTime() != null);
  }

  private FusionTraining training(String name) {
    return client.resources(FusionTraining.class).inNamespace(namespace).withName(name).get();
  }

  private List<String> jobs() {
    return client.batch().v1().jobs().inNamespace(namespace).list().getItems().stream()
        .map(job -> job.getMetadata().getName())
        .toList();
  }

  private static Map<String, String> conditions(FusionTrainingStatus status) {
    return status.conditions().stream()
        .collect(Collectors.toMap(Condition::getType, Condition::getStatus));
  }
}
