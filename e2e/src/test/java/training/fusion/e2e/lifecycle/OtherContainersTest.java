package training.fusion.e2e.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.operator.Trainings.condition;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.ContainerStatusBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.MutatingWebhook;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.OperatorFixture;

/** Containers and settings that admission webhooks of others put into Jobs and pods. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("In a cluster whose webhooks change Jobs and pods")
class OtherContainersTest extends OperatorFixture {
  private MutatingWebhook webhook;
  private FusionTrainingStatus waiting;

  OtherContainersTest(ControlPlane controlPlane) {
    super(controlPlane, "webhooks");
  }

  @BeforeAll
  void startWebhook(@TempDir Path folder) throws IOException, GeneralSecurityException {
    webhook =
        MutatingWebhook.start(
            controlPlane, trainings.namespace, folder, OtherContainersTest::change);
    // begun together: each waits for half a minute
    meshed("meshed-runs", 0, "trainer-succeeds");
    meshed("meshed-hopeless-runs", 1, "trainer-fails-64");
    meshed("meshed-retried-runs", 1, "trainer-fails-70");
    waiting =
        trainings.status(
            "meshed-retried-runs",
            seen ->
                seen.conditions() != null
                    && condition(seen, "Reconciling").getReason().equals("WaitingForContainers"));
  }

  @AfterAll
  void endWebhook() {
    webhook.close();
  }

  private static void change(String training, ObjectNode spec) {
    boolean isJob = spec.has("template");
    if (training.startsWith("meshed") && !isJob) {
      MutatingWebhook.containerFirst(spec, "mesh");
    } else if (training.startsWith("logged") && isJob) {
      MutatingWebhook.containerFirst(spec.withObject("/template/spec"), "logger");
    } else if (training.startsWith("vaulted") && !isJob) {
      spec.withArray("/initContainers").addObject().put("name", "vault").put("image", "vault:1");
    } else if (training.startsWith("brief") && isJob) {
      spec.put("ttlSecondsAfterFinished", 0);
    }
  }

  private Pod meshed(String name, int backoffLimit, String ending) {
    trainings.create(
        name, "1h", spec -> spec.withObject("/runPolicy").put("backoffLimit", backoffLimit));
    Pod pod = trainings.running(name);
    assertThat(pod.getSpec().getContainers())
        .extracting(Container::getName)
        .containsExactly("mesh", "trainer");
    trainings.end(pod, ending);
    return pod;
  }

  @Test
  @DisplayName("a result is recorded while a sidecar goes on; then the Job is ended, and its pod")
  void resultBesideSidecar() {
    trainings.succeeded("meshed-runs");
    trainings.assertJobsGone("meshed-runs");
    assertUndisturbed("meshed-runs");
  }

  @Test
  @DisplayName("a trainer that fails beside a sidecar costs one retry, and the next one trains")
  void failureBesideSidecar() {
    assertThat(waiting.state()).isEqualTo(State.RUNNING);
    assertThat(condition(waiting, "Reconciling").getMessage())
        .contains("exit code 70", "waiting for the pod's other containers (mesh)");
    Pod second =
        trainings.pod(
            "meshed-retried-runs",
            pod ->
                "Running".equals(pod.getStatus().getPhase())
                    && pod.getStatus().getContainerStatuses().stream()
                        .allMatch(it -> it.getState().getRunning() != null));
    trainings.end(second, "trainer-succeeds");

    trainings.succeeded("meshed-retried-runs");
    FusionTrainingStatus status = trainings.get("meshed-retried-runs").getStatus();
    assertThat(status.restarts()).isEqualTo(1);
    assertThat(status.failures()).extracting(FailureRecord::exitCode).containsExactly(70);
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(trainings.podsEverMade("meshed-retried-runs")).isEqualTo(2);
  }

  @Test
  @DisplayName("what trying again can't mend ends a run beside a sidecar as it does without one")
  void hopelessBesideSidecar() {
    FusionTrainingStatus status = trainings.ended("meshed-hopeless-runs");
    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(condition(status, "Failed").getReason()).isEqualTo("BadConfiguration");
    assertThat(trainings.podsEverMade("meshed-hopeless-runs")).isEqualTo(1);
  }

  @Test
  @DisplayName("a sidecar that fails after the trainer's 0 takes nothing back and costs no retry")
  void sidecarFailsAfterwards() {
    Pod pod = meshed("meshed-late-runs", 3, "trainer-succeeds");
    trainings.succeeded("meshed-late-runs");
    edit(
        pod,
        status -> {
          status.setPhase("Failed");
          status.setContainerStatuses(
              status.getContainerStatuses().stream()
                  .map(it -> it.getName().equals("mesh") ? failed(it) : it)
                  .toList());
        });

    trainings.assertJobsGone("meshed-late-runs");
    trainings.succeeded("meshed-late-runs");
    assertThat(trainings.get("meshed-late-runs").getStatus().failures()).isEmpty();
    assertThat(trainings.get("meshed-late-runs").getStatus().restarts()).isZero();
    assertThat(trainings.jobsEverMade("meshed-late-runs")).hasSize(1);
  }

  @Test
  @DisplayName("a container put first in a Job is not taken for the trainer, now or by a next Job")
  void firstInTheJob() {
    trainings.create("logged-runs", "1h");
    Pod first = trainings.running("logged-runs");
    assertThat(first.getSpec().getContainers().get(0).getName()).isEqualTo("logger");
    String job = trainings.state("logged-runs", State.RUNNING).jobName();
    controlPlane
        .client()
        .batch()
        .v1()
        .jobs()
        .inNamespace(trainings.namespace)
        .withName(job)
        .delete();

    Pod second = trainings.running("logged-runs", first);

    String image = trainerOf(first).getImage();
    String repository = image.substring(0, image.indexOf(':'));
    assertThat(trainerOf(second).getImage()).startsWith(repository);
    assertThat(trainings.get("logged-runs").getStatus().image()).startsWith(repository);
    trainings.end(second, "succeeds");
    trainings.succeeded("logged-runs");
  }

  @Test
  @DisplayName("Jobs that a policy deletes as soon as they end lose no result and are made once")
  void timeToLive() {
    trainings.create("brief-succeeds", "200ms");
    trainings.create("brief-fails-64", "200ms");

    trainings.succeeded("brief-succeeds");
    assertThat(trainings.ended("brief-fails-64").state()).isEqualTo(State.FAILED);
    trainings.assertJobsGone("brief-succeeds");
    trainings.assertJobsGone("brief-fails-64");
    assertUndisturbed("brief-succeeds");
    assertThat(trainings.podsEverMade("brief-fails-64")).isEqualTo(1);
  }

  @Test
  @DisplayName("an injected init container that fails is named with its exit code and its words")
  void initContainerFails() {
    trainings.create(
        "vaulted-runs", "1h", spec -> spec.withObject("/runPolicy").put("backoffLimit", 0));
    Pod pod = trainings.running("vaulted-runs");
    edit(
        pod,
        status -> {
          PodStatus failed =
              Serialization.unmarshal(
                  """
                  phase: Failed
                  initContainerStatuses:
                  - {name: vault, image: "vault:1", imageID: "", ready: false, restartCount: 0, state: {terminated: {exitCode: 2, reason: Error, message: permission denied}}}
                  """,
                  PodStatus.class);
          status.setPhase(failed.getPhase());
          status.setInitContainerStatuses(failed.getInitContainerStatuses());
          status.setContainerStatuses(List.of());
        });

    FusionTrainingStatus status = trainings.ended("vaulted-runs");
    assertThat(condition(status, "Failed").getMessage())
        .contains("InitContainerFailed", "init container vault ended with exit code 2")
        .contains("permission denied");
  }

  private void assertUndisturbed(String name) {
    FusionTrainingStatus status = trainings.get(name).getStatus();
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(status.restarts()).isZero();
    assertThat(trainings.jobsEverMade(name)).hasSize(1);
    assertThat(trainings.podsEverMade(name)).isEqualTo(1);
  }

  private void edit(Pod pod, Consumer<PodStatus> change) {
    controlPlane
        .client()
        .pods()
        .inNamespace(trainings.namespace)
        .withName(pod.getMetadata().getName()) // as it is now: the pod has changed since
        .editStatus(
            now -> {
              change.accept(now.getStatus());
              return now;
            });
  }

  private static ContainerStatus failed(ContainerStatus status) {
    return new ContainerStatusBuilder(status)
        .withReady(false)
        .withNewState()
        .withNewTerminated()
        .withExitCode(1)
        .withReason("Error")
        .withContainerID(status.getContainerID())
        .endTerminated()
        .endState()
        .build();
  }

  private static Container trainerOf(Pod pod) {
    return pod.getSpec().getContainers().stream()
        .filter(it -> it.getName().equals("trainer"))
        .findFirst()
        .orElseThrow();
  }
}
