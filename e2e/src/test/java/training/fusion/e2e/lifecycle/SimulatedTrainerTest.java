package training.fusion.e2e.lifecycle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.ControlPlane.Output;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.SimulatedFigures;

/** Pods on simulated nodes live as {@code e2e/stages/pod.yaml} promises to the other tests. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class SimulatedTrainerTest {
  private final KubernetesClient client;
  private final ControlPlane controlPlane;
  private final String namespace;

  SimulatedTrainerTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    client = controlPlane.client();
    namespace = controlPlane.newNamespace("simulated");
  }

  @AfterEach
  void leave_the_nodes_free() {
    client.namespaces().withName(namespace).delete();
  }

  @Test
  void a_running_pod_has_the_status_that_a_kubelet_writes() {
    job("vision-runs");

    Pod pod = pod(SimulatedTrainerTest::isRunning);

    assertThat(pod.getStatus().getConditions())
        .extracting(PodCondition::getType, PodCondition::getStatus, PodCondition::getReason)
        .containsExactlyInAnyOrder(
            tuple("PodScheduled", "True", null),
            tuple("PodReadyToStartContainers", "True", null),
            tuple("Initialized", "True", null),
            tuple("ContainersReady", "True", null),
            tuple("Ready", "True", null));
    assertThat(pod.getStatus().getContainerStatuses())
        .singleElement()
        .satisfies(trainer -> assertThat(trainer.getState().getRunning()).isNotNull())
        .satisfies(trainer -> assertThat(trainer.getReady()).isTrue())
        .satisfies(
            trainer ->
                assertThat(trainer.getImageID())
                    .matches("example.test/fusion-trainer@sha256:[0-9a-f]{64}"));
  }

  @Test
  void a_trainer_that_succeeds_leaves_its_result() throws JsonProcessingException {
    ended(job("vision-succeeds"), "Complete");

    Pod pod = pod(seen -> true);
    RunResult result = result(pod);

    assertThat(pod.getStatus().getPhase()).isEqualTo("Succeeded");
    assertThat(terminated(pod).getExitCode()).isZero();
    assertThat(terminated(pod).getReason()).isEqualTo("Completed");
    assertThat(result.contractVersion()).isEqualTo(RunConfiguration.CONTRACT_VERSION);
    assertThat(result.runKey()).isEqualTo("k3y0fth3ru");
    assertThat(result.failure()).isNull();
    var figures = new SimulatedFigures("vision-succeeds");
    assertThat(result.test()).isEqualTo(figures.test());
    assertThat(result.validation()).isEqualTo(figures.validation());
    assertThat(result.model()).isNotNull();
    assertThat(result.model().sha256()).isEqualTo(figures.modelSha256());
    assertThat(result.history())
        .extracting(HistoryPoint::accuracy)
        .containsExactly(
            figures.validation(1).accuracy(),
            figures.validation(2).accuracy(),
            figures.validation(3).accuracy());
  }

  @ParameterizedTest(name = "exit code {0}")
  @CsvSource({
    "64, BadConfiguration, PodFailurePolicy",
    "65, Diverged, PodFailurePolicy",
    "70, Internal, BackoffLimitExceeded",
    "75, TemporaryIo, BackoffLimitExceeded"
  })
  void a_trainer_that_fails_says_why(int exitCode, String reason, String jobReason)
      throws JsonProcessingException {
    Job job = ended(job("vision-fails-" + exitCode), "Failed");

    assertThat(condition(job, "Failed").map(JobCondition::getReason)).hasValue(jobReason);
    Pod pod = pod(seen -> true);
    assertThat(pod.getStatus().getPhase()).isEqualTo("Failed");
    assertThat(terminated(pod).getExitCode()).isEqualTo(exitCode);
    assertThat(result(pod).failure()).isNotNull();
    assertThat(result(pod).failure().reason()).isEqualTo(reason);
    assertThat(result(pod).test()).isNull();
  }

  @Test
  void the_figures_are_those_that_anybody_computes_from_the_name() {
    // printf 'vision-succeeds test accuracy' | sha256sum | tr -dc 0-9 | cut -c1-3
    assertThat(new SimulatedFigures("vision-succeeds").test().accuracy()).isEqualTo(0.234);
  }

  @ParameterizedTest
  @ValueSource(strings = {"vision-fails-137", "vision-out-of-memory"})
  void a_trainer_out_of_memory_says_nothing(String training) {
    ended(job(training), "Failed");

    ContainerStateTerminated end = terminated(pod(seen -> true));
    assertThat(end.getExitCode()).isEqualTo(137);
    assertThat(end.getReason()).isEqualTo("OOMKilled");
    assertThat(end.getMessage()).isNull();
  }

  @Test
  void an_evicted_trainer_is_replaced_and_no_retry_used_up() {
    Job job = job("vision-evicted");

    Pod pod = pod(seen -> "Evicted".equals(seen.getStatus().getReason()));
    pod(seen -> !seen.getMetadata().getUid().equals(pod.getMetadata().getUid()));

    assertThat(pod.getStatus().getPhase()).isEqualTo("Failed");
    assertThat(pod.getStatus().getConditions())
        .extracting(PodCondition::getType, PodCondition::getReason)
        .contains(tuple("DisruptionTarget", "TerminationByKubelet"));
    assertThat(terminated(pod).getMessage()).isNull();
    assertThat(client.resource(job).get().getStatus().getFailed()).isNull();
  }

  @Test
  void an_image_that_is_missing_is_given_up_and_the_pod_can_be_deleted() {
    Job job = job("vision-image-missing");

    ContainerStateWaiting waiting =
        waiting(pod(pod -> "ImagePullBackOff".equals(waiting(pod).getReason())));

    assertThat(waiting.getMessage()).contains("example.test/fusion-trainer:1", "not found");
    client.resource(job).withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();
    client.resource(job).waitUntilCondition(seen -> seen == null, 60, SECONDS);
  }

  @Test
  void a_trainer_that_disappears_leaves_a_complete_job_without_a_pod() {
    ended(job("vision-disappears"), "Complete");

    assertThat(eventually(this::pods, List::isEmpty)).isEmpty();
  }

  @Test
  void a_running_trainer_ends_as_its_pod_is_told() {
    Job job = job("vision-runs");
    Pod pod = pod(SimulatedTrainerTest::isRunning);

    client
        .resource(pod)
        .edit(
            running -> {
              running
                  .getMetadata()
                  .getAnnotations()
                  .put("simulation.fusion.training/ending", "succeeds");
              return running;
            });

    assertThat(ended(job, "Complete").getStatus().getSucceeded()).isEqualTo(1);
  }

  @Test
  void a_deleted_pod_ends_with_143_before_its_replacement_is_made() throws JsonProcessingException {
    job("vision-runs", 1);
    Pod first = pod(SimulatedTrainerTest::isRunning);
    var seen = new CopyOnWriteArrayList<Pod>();

    try (var informer = client.resource(first).inform(new Keeper(seen))) {
      client.resource(first).delete();
      pod(pod -> !pod.getMetadata().getUid().equals(first.getMetadata().getUid()));
    }
    Pod last = seen.get(seen.size() - 1);
    assertThat(last.getStatus().getPhase()).isEqualTo("Failed");
    assertThat(terminated(last).getExitCode()).isEqualTo(143);
    assertThat(result(last).failure()).isNotNull();
    assertThat(result(last).failure().reason()).isEqualTo("Terminated");
  }

  @Test
  void a_job_deleted_in_the_foreground_is_gone_with_its_pod() {
    Job job = job("vision-runs");
    pod(SimulatedTrainerTest::isRunning);

    client.resource(job).withPropagationPolicy(DeletionPropagation.FOREGROUND).delete();

    client.resource(job).waitUntilCondition(seen -> seen == null, 60, SECONDS);
    assertThat(pods()).isEmpty();
  }

  @Test
  void a_pod_driven_from_its_node_does_not_use_up_a_retry() {
    Job job = job("vision-runs");
    Pod first = pod(SimulatedTrainerTest::isRunning);
    String node = first.getSpec().getNodeName();
    String taint = "drain=now:NoExecute";
    taint(node, taint);
    try {
      Pod second =
          pod(
              seen ->
                  !seen.getMetadata().getUid().equals(first.getMetadata().getUid())
                      && isRunning(seen));

      assertThat(second.getSpec().getNodeName()).isNotEqualTo(node);
      assertThat(client.resource(job).get().getStatus().getFailed()).isNull();
    } finally {
      taint(node, taint + "-");
    }
  }

  /** Keeps each state of a pod. */
  private record Keeper(List<Pod> seen) implements ResourceEventHandler<Pod> {
    @Override
    public void onAdd(Pod pod) {
      seen.add(pod);
    }

    @Override
    public void onUpdate(Pod before, Pod pod) {
      seen.add(pod);
    }

    @Override
    public void onDelete(Pod pod, boolean stateUnknown) {}
  }

  private Job job(String training) {
    return job(training, 0);
  }

  private Job job(String training, int backoffLimit) {
    Job job =
        Serialization.unmarshal(getClass().getResourceAsStream("trainer-job.yaml"), Job.class);
    job.getSpec().setBackoffLimit(backoffLimit);
    job.getSpec()
        .getTemplate()
        .getMetadata()
        .setAnnotations(Map.of("fusion.training/training", training));
    return client.resource(job).inNamespace(namespace).create();
  }

  private Job ended(Job job, String condition) {
    return client
        .resource(job)
        .waitUntilCondition(seen -> condition(seen, condition).isPresent(), 60, SECONDS);
  }

  private static Optional<JobCondition> condition(Job job, String type) {
    return job.getStatus().getConditions().stream()
        .filter(condition -> type.equals(condition.getType()))
        .filter(condition -> "True".equals(condition.getStatus()))
        .findFirst();
  }

  private List<Pod> pods() {
    return client.pods().inNamespace(namespace).list().getItems();
  }

  /** A pod of the test's Job that is as wanted, within a minute. */
  private Pod pod(Predicate<Pod> wanted) {
    return eventually(this::pods, pods -> pods.stream().anyMatch(wanted)).stream()
        .filter(wanted)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no such pod among " + pods()));
  }

  private static boolean isRunning(Pod pod) {
    return "Running".equals(pod.getStatus().getPhase());
  }

  /** Why the pod's container waits; empty where it doesn't. */
  private static ContainerStateWaiting waiting(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .map(trainer -> trainer.getState().getWaiting())
        .filter(Objects::nonNull)
        .findFirst()
        .orElseGet(ContainerStateWaiting::new);
  }

  private static ContainerStateTerminated terminated(Pod pod) {
    return pod.getStatus().getContainerStatuses().get(0).getState().getTerminated();
  }

  /** The termination message; with a field that the contract does not have, this fails. */
  private static RunResult result(Pod pod) throws JsonProcessingException {
    String message = terminated(pod).getMessage();
    assertThat(message.getBytes(UTF_8)).hasSizeLessThanOrEqualTo(RunResult.MAXIMUM_BYTES);
    return new ObjectMapper().readValue(message, RunResult.class);
  }

  private void taint(String node, String taint) {
    assertThat(controlPlane.kubectl(null, "taint", "node", node, taint))
        .extracting(Output::exitCode)
        .isEqualTo(0);
  }
}
