package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.local.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.resource.FusionTrainingStatus.State;

/**
 * What happens to a training, whatever Kubernetes it runs on. The operator and the trainer are the
 * shipped ones; only API, Job controller and node differ.
 */
@TestInstance(Lifecycle.PER_CLASS)
public abstract class LifecycleContract {
  /** Long enough to be interrupted, short enough to wait for. */
  private static final int EPOCHS = 5;

  @SuppressWarnings("NullAway.Init") // begin sets it
  private Cluster cluster;

  /** In the claim of the data, what {@link SampleData#writeOwnNetwork} writes. */
  protected static final String OWN_NETWORK = "own-network";

  /**
   * Starts the place to run in, with {@link SampleData} of 200 images in its claim, and {@link
   * #OWN_NETWORK}.
   */
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
      "Killed, then stopped by SIGTERM, a trainer is tried again, goes on from its checkpoint, and"
          + " makes an undisturbed run's model, bit for bit")
  void disturbed() {
    create("undisturbed", EPOCHS);
    FusionTrainingStatus undisturbed = ended("undisturbed");
    create("disturbed", EPOCHS);
    Pod first = afterCheckpoint("disturbed", List.of());
    signal(first, "KILL");
    Pod second = afterCheckpoint("disturbed", List.of(uid(first)));
    assertThat(progress("disturbed").orElseThrow().resumedFromStep()).isPositive();
    signal(second, "TERM");
    FusionTrainingStatus status = ended("disturbed");
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(status.restarts()).isEqualTo(2);
    assertThat(status.failures())
        .extracting(FailureRecord::exitCode)
        .containsExactlyInAnyOrder(137, 143);
    assertThat(Objects.requireNonNull(status.progress()).resumedFromStep()).isPositive();
    assertThat(Objects.requireNonNull(status.model()).sha256())
        .isEqualTo(Objects.requireNonNull(undisturbed.model()).sha256());
    assertThat(status.test()).isNotNull().isEqualTo(undisturbed.test());
    assertThat(status.metrics()).isEqualTo(status.test());
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
  @DisplayName("Somebody's own network is trained on tensors, in three levels, and given out")
  void ownNetwork() {
    create(SampleTraining.ofOwnNetwork("own", OWN_NETWORK));
    FusionTrainingStatus status = ended("own");
    assertThat(status.state()).as("%s", status.conditions()).isEqualTo(State.SUCCEEDED);
    assertThat(status.test()).isNotNull();
    Path run = cluster.checkpoints().resolve(Objects.requireNonNull(status.runKey()));
    assertThat(run.resolve("model.torchscript.pt")).isNotEmptyFile();
    assertThat(run.resolve("model.safetensors")).isNotEmptyFile();
  }

  @Test
  @DisplayName("A training whose pods keep failing ends as Failed when its retries are used up")
  void outOfRetries() {
    create("unlucky", 200);
    List<String> killed = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Pod pod = running("unlucky", killed);
      killed.add(uid(pod));
      signal(pod, "KILL");
    }
    FusionTrainingStatus status = ended("unlucky");
    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(status.restarts()).isEqualTo(3);
    assertThat(failure(status).getReason()).isEqualTo("BackoffLimitExceeded");
  }

  @Test
  @DisplayName("A suspended training saves and lets its pod go; resumed, it goes on from there")
  void suspendAndResume() {
    create("paused", EPOCHS);
    afterCheckpoint("paused", List.of());
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
      "Paused after an epoch, a training gives its pod back; raised, then removed, it goes on each"
          + " time and makes an undisturbed run's model, bit for bit")
  void pausedAfterEpochs() {
    create("whole", EPOCHS);
    FusionTraining training = SampleTraining.of("step-by-step", EPOCHS, 1);
    create(training);
    FusionTrainingStatus first = pausedAfter("step-by-step", 1);
    assertThat(Objects.requireNonNull(first.checkpoint()).epoch()).isEqualTo(1);
    cluster.killOperator();
    pauseAfter("step-by-step", 3);
    assertThat(pausedAfter("step-by-step", 3).metrics()).isNotNull();
    pauseAfter("step-by-step", null);
    FusionTrainingStatus status = ended("step-by-step");
    FusionTrainingStatus whole = ended("whole");
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(status.attempt()).isEqualTo(3);
    assertThat(Objects.requireNonNullElse(status.restarts(), 0)).isZero();
    assertThat(Objects.requireNonNull(status.model()).sha256())
        .isEqualTo(Objects.requireNonNull(whole.model()).sha256());
    assertThat(status.test()).isNotNull().isEqualTo(whole.test());
    assertThat(status.history()).isEqualTo(whole.history());
  }

  @Test
  @DisplayName(
      "The operator may die while a training runs: it ends Succeeded once, in the same Job")
  void operatorRestarted() {
    create("orphan", EPOCHS);
    Pod pod = afterCheckpoint("orphan", List.of());
    cluster.killOperator();
    FusionTrainingStatus status = ended("orphan");
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(pods("orphan")).extracting(LifecycleContract::uid).containsExactly(uid(pod));
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

  private void pauseAfter(String name, @Nullable Integer epoch) {
    var spec = new HashMap<String, @Nullable Object>();
    spec.put("pauseAfterEpoch", epoch);
    patch(name, Map.of("spec", spec));
  }

  /** Once its pod is gone, too. */
  private FusionTrainingStatus pausedAfter(String name, int epoch) {
    FusionTrainingStatus status =
        eventually(
            name + " paused after epoch " + epoch,
            () -> status(name),
            it ->
                it.state() == State.PAUSED
                    && Objects.requireNonNull(it.pauses()).stream()
                        .anyMatch(pause -> pause.epoch() == epoch));
    eventually("its Job gone", () -> jobs(name), List::isEmpty);
    assertThat(pods(name)).isEmpty();
    return status;
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
                    .filter(pod -> !others.contains(uid(pod)))
                    .filter(pod -> cluster.processes().containsKey(pod.getMetadata().getName()))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** The training's pod, none of these, once it has told of a checkpoint to go on from. */
  private Pod afterCheckpoint(String name, List<String> others) {
    Pod pod = running(name, others);
    eventually(
        "a checkpoint of " + name,
        () -> progress(name),
        report ->
            report
                .filter(it -> uid(pod).equals(it.podUid()) && it.checkpoint() != null)
                .isPresent());
    return pod;
  }

  private static String uid(Pod pod) {
    return pod.getMetadata().getUid();
  }

  private void signal(Pod pod, String signal) {
    long process =
        Objects.requireNonNull(
            cluster.processes().get(pod.getMetadata().getName()), "the pod has ended");
    ProcessHandle handle = ProcessHandle.of(process).orElseThrow();
    assertThat(signal.equals("KILL") ? handle.destroyForcibly() : handle.destroy()).isTrue();
  }
}
