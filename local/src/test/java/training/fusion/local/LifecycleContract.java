package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.local.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.resource.FusionTrainingStatus.State;

/**
 * What happens to a training, whatever Kubernetes it runs on. The operator and the trainer are the
 * shipped ones; only API, Job controller and node differ.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class LifecycleContract {
  /** Long enough to be interrupted, short enough to wait for. */
  private static final int EPOCHS = 6;

  @SuppressWarnings("NullAway.Init") // begin sets it
  private Cluster cluster;

  /** Starts the place to run in, with {@link SampleData} of 200 images in its claim. */
  protected abstract Cluster start() throws Exception;

  @BeforeAll
  void begin() throws Exception {
    cluster = start();
  }

  @AfterAll
  void end() {
    if (cluster != null) {
      cluster.close();
    }
  }

  @Test
  @DisplayName(
      "A killed trainer is tried again, goes on from its checkpoint, and its reports appear")
  void retryWithResume() {
    create("retry", EPOCHS);
    Pod first = afterCheckpoint("retry");
    signal(first, "KILL");
    Progress progress =
        eventually(
                "a report of the second pod",
                () -> progress("retry"),
                report ->
                    report
                        .filter(r -> !first.getMetadata().getUid().equals(r.podUid()))
                        .isPresent())
            .orElseThrow();
    assertThat(progress.resumedFromStep()).isPositive();
    FusionTrainingStatus status = ended("retry");
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(status.restarts()).isEqualTo(1);
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(status.test()).isNotNull();
    assertThat(status.metrics()).isEqualTo(status.test());
    assertThat(Objects.requireNonNull(status.failures()).get(0).exitCode()).isEqualTo(137);
  }

  @Test
  @DisplayName(
      "A killed trainer costs nothing but time: the model is an undisturbed run's, bit for bit")
  void sameModel() {
    create("undisturbed", EPOCHS);
    FusionTrainingStatus undisturbed = ended("undisturbed");
    create("disturbed", EPOCHS);
    signal(afterCheckpoint("disturbed"), "KILL");
    FusionTrainingStatus disturbed = ended("disturbed");
    assertThat(disturbed.restarts()).isEqualTo(1);
    assertThat(Objects.requireNonNull(disturbed.model()).sha256())
        .isEqualTo(Objects.requireNonNull(undisturbed.model()).sha256());
    assertThat(disturbed.test()).isEqualTo(undisturbed.test());
  }

  @Test
  @DisplayName("What trying again can't mend (exit 64) fails at once, in one sentence")
  void hopeless() {
    FusionTraining missing = SampleTraining.of("hopeless", 1, "nowhere");
    create(missing);
    FusionTrainingStatus status = ended("hopeless");
    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(pods("hopeless")).hasSize(1);
    assertThat(failure(status).getMessage()).contains("nowhere").doesNotContain("\n");
  }

  @Test
  @DisplayName("A training whose pods keep failing ends as Failed when its retries are used up")
  void outOfRetries() {
    create("unlucky", 200);
    List<String> killed = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Pod pod = running("unlucky", killed);
      killed.add(pod.getMetadata().getUid());
      signal(pod, "KILL");
    }
    FusionTrainingStatus status = ended("unlucky");
    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(status.restarts()).isEqualTo(3);
    assertThat(failure(status).getReason()).isEqualTo("BackoffLimitExceeded");
  }

  @Test
  @DisplayName("A trainer stopped by SIGTERM saves first, so its successor loses nothing")
  void terminated() {
    create("terminated", EPOCHS);
    Pod first = afterCheckpoint("terminated");
    signal(first, "TERM");
    FusionTrainingStatus status = ended("terminated");
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(status.restarts()).isEqualTo(1);
    assertThat(Objects.requireNonNull(status.failures()).get(0).exitCode()).isEqualTo(143);
  }

  @Test
  @DisplayName("A suspended training saves and lets its pod go; resumed, it goes on from there")
  void suspendAndResume() {
    create("paused", EPOCHS);
    afterCheckpoint("paused");
    suspend("paused", true);
    eventually("Suspended", () -> state("paused"), State.SUSPENDED::equals);
    eventually("its Job gone", () -> jobs("paused"), List::isEmpty);
    assertThat(pods("paused")).isEmpty();
    suspend("paused", false);
    FusionTrainingStatus status = ended("paused");
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(status.attempt()).isEqualTo(2);
    assertThat(Objects.requireNonNullElse(status.restarts(), 0)).isZero();
    assertThat(Objects.requireNonNull(status.progress()).resumedFromStep()).isPositive();
  }

  @Test
  @DisplayName(
      "The operator may die while a training runs: it ends Succeeded once, in the same Job")
  void operatorRestarted() {
    create("orphan", EPOCHS);
    Pod pod = afterCheckpoint("orphan");
    cluster.killOperator();
    FusionTrainingStatus status = ended("orphan");
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(pods("orphan"))
        .extracting(p -> p.getMetadata().getUid())
        .containsExactly(pod.getMetadata().getUid());
  }

  @Test
  @DisplayName("A finished training runs again for a new runId only, in a folder of its own")
  void secondRun() {
    create("again", 1);
    FusionTrainingStatus first = ended("again");
    cluster.killOperator();
    patch("again", Map.of("metadata", Map.of("labels", Map.of("touched", "yes"))));
    patch("again", Map.of("spec", Map.of("runId", "second")));
    FusionTrainingStatus second =
        eventually(
            "the second run's end",
            () -> status("again"),
            status -> "second".equals(status.runId()) && status.state() == State.SUCCEEDED);
    assertThat(second.runKey()).isNotEqualTo(first.runKey());
    assertThat(second.attempt()).isEqualTo(1);
    assertThat(cluster.checkpoints().resolve(Objects.requireNonNull(first.runKey()))).exists();
    assertThat(cluster.checkpoints().resolve(Objects.requireNonNull(second.runKey()))).exists();
  }

  private void create(String name, int epochs) {
    create(SampleTraining.of(name, epochs));
  }

  private void create(FusionTraining training) {
    training.getMetadata().setNamespace(cluster.namespace());
    cluster.client().resource(training).create();
  }

  private Resource<FusionTraining> training(String name) {
    return cluster
        .client()
        .resources(FusionTraining.class)
        .inNamespace(cluster.namespace())
        .withName(name);
  }

  private void patch(String name, Map<String, ?> change) {
    training(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            cluster.client().getKubernetesSerialization().asJson(change));
  }

  private void suspend(String name, boolean suspend) {
    patch(name, Map.of("spec", Map.of("suspend", suspend)));
  }

  private FusionTrainingStatus status(String name) {
    FusionTrainingStatus status = training(name).get().getStatus();
    return Objects.requireNonNull(status, "the CRD's default is a status");
  }

  private State state(String name) {
    return Objects.requireNonNullElse(status(name).state(), State.PENDING);
  }

  private Optional<Progress> progress(String name) {
    return Optional.ofNullable(status(name).progress());
  }

  private FusionTrainingStatus ended(String name) {
    return eventually(
        "end of " + name,
        () -> status(name),
        status -> status.state() == State.SUCCEEDED || status.state() == State.FAILED);
  }

  private static Condition failure(FusionTrainingStatus status) {
    return Objects.requireNonNull(status.conditions()).stream()
        .filter(condition -> condition.getType().equals("Failed"))
        .findFirst()
        .orElseThrow();
  }

  private List<Job> jobs(String name) {
    String uid = training(name).get().getMetadata().getUid();
    return cluster
        .client()
        .batch()
        .v1()
        .jobs()
        .inNamespace(cluster.namespace())
        .withLabel("fusion.training/training-uid", uid)
        .list()
        .getItems();
  }

  private List<Pod> pods(String name) {
    String uid = training(name).get().getMetadata().getUid();
    return cluster
        .client()
        .pods()
        .inNamespace(cluster.namespace())
        .withLabel("fusion.training/training-uid", uid)
        .list()
        .getItems();
  }

  /** The training's running pod, none of these. */
  private Pod running(String name, List<String> others) {
    return eventually(
            "a running pod of " + name,
            () ->
                pods(name).stream()
                    .filter(pod -> !others.contains(pod.getMetadata().getUid()))
                    .filter(pod -> cluster.processes().containsKey(pod.getMetadata().getName()))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** The training's pod once there is a checkpoint to go on from. */
  private Pod afterCheckpoint(String name) {
    eventually(
        "a checkpoint of " + name,
        () -> progress(name).map(Progress::checkpoint),
        Optional::isPresent);
    return running(name, List.of());
  }

  private void signal(Pod pod, String signal) {
    long process =
        Objects.requireNonNull(
            cluster.processes().get(pod.getMetadata().getName()), "the pod has ended");
    ProcessHandle handle = ProcessHandle.of(process).orElseThrow();
    assertThat(signal.equals("KILL") ? handle.destroyForcibly() : handle.destroy()).isTrue();
  }
}
