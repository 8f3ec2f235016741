package training.fusion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.ResultSource;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.SimulatedFigures;
import training.fusion.e2e.operator.Trainings;

/** An operator is killed, things happen, and another version takes over. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("When another operator takes over")
@TestInstance(Lifecycle.PER_CLASS)
class OperatorReplacedTest {
  /** fusion-trainer:1 by the digest that the simulated nodes make up for it. */
  private static final String IMAGE =
      "fusion-trainer@sha256:" + SimulatedFigures.sha256Of("fusion-trainer:1");

  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final Trainings trainings;
  private FusionTraining finished;
  private ShippedOperator operator;

  OperatorReplacedTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    client = controlPlane.client();
    trainings = new Trainings(controlPlane, "replaced");
  }

  @BeforeAll
  void replace() throws IOException {
    operator = operator("fusion-trainer:1");
    trainings.create("finished", "100ms");
    trainings.create("finished-without-job", "100ms");
    trainings.create("goes-on-runs", "1h");
    trainings.create("kept-disappears", "1h");
    trainings.create("unkept-disappears", "1h", spec -> spec.remove("checkpoint"));
    trainings.succeeded("finished");
    trainings.succeeded("finished-without-job");
    for (String name : List.of("goes-on-runs", "kept-disappears", "unkept-disappears")) {
      trainings.running(name);
      trainings.state(name, State.RUNNING);
    }
    finished = trainings.get("finished");
    operator.kill();

    trainings.jobs("finished-without-job").forEach(job -> client.resource(job).delete());
    for (String name : List.of("kept-disappears", "unkept-disappears")) {
      trainings.end(trainings.running(name), "disappears");
      eventually(() -> trainings.jobs(name).get(0), OperatorReplacedTest::isComplete);
      trainings.assertPodsGone(name);
    }

    operator = operator("fusion-trainer:2");
    trainings.create("new", "100ms"); // seen after everything that was there before
    trainings.succeeded("new");
  }

  private ShippedOperator operator(String image) throws IOException {
    return new ShippedOperator(
        controlPlane, trainings.namespace, List.of("fusion.trainer.image=" + image));
  }

  @AfterAll
  void end() {
    operator.close();
    trainings.close();
  }

  @Test
  @DisplayName("what has finished is not run again, and nothing of it is written")
  void finished() {
    assertThat(trainings.get("finished")).isEqualTo(finished);
    assertThat(trainings.jobsEverMade("finished")).hasSize(1);
  }

  @Test
  @DisplayName("what has finished is not run again, though its Job is gone and its labels changed")
  void finishedWithoutJob() {
    trainings.patch(
        "finished-without-job",
        Map.of(
            "metadata",
            Map.of("labels", Map.of("touched", "yes")),
            "spec",
            Map.of("runPolicy", Map.of("ttlSecondsAfterFinished", 1))));

    trainings.status("finished-without-job", status -> status.observedGeneration() == 2);

    trainings.succeeded("finished-without-job");
    assertThat(trainings.jobsEverMade("finished-without-job")).hasSize(1);
  }

  @Test
  @DisplayName("what runs goes on in the same Job, pod and image")
  void goesOn() {
    assertThat(trainings.podsEverMade("goes-on-runs")).isEqualTo(1);

    trainings.end(trainings.running("goes-on-runs"), "succeeds");

    trainings.succeeded("goes-on-runs");
    assertThat(trainings.jobsEverMade("goes-on-runs")).hasSize(1);
    assertThat(trainings.get("goes-on-runs").getStatus().image()).isEqualTo(IMAGE);
  }

  @Test
  @DisplayName(
      "a result that is lost with its pod is said again by another attempt, from the volume")
  void saidAgain() {
    trainings.end(trainings.running("kept-disappears"), "succeeds");
    trainings.succeeded("kept-disappears");

    FusionTrainingStatus status = trainings.get("kept-disappears").getStatus();
    assertThat(status.attempt()).isEqualTo(2);
    assertThat(status.resultSource()).isEqualTo(ResultSource.TERMINATION_MESSAGE);
    assertThat(status.image()).as("the run's image").isEqualTo(IMAGE);
  }

  @Test
  @DisplayName(
      "where no volume keeps the result, the last report counts, and nothing is trained twice")
  void lastReport() {
    FusionTrainingStatus status = trainings.ended("unkept-disappears");

    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(status.resultSource()).isEqualTo(ResultSource.PROGRESS);
    assertThat(trainings.jobsEverMade("unkept-disappears")).hasSize(1);
  }

  private static boolean isComplete(Job job) {
    return job.getStatus().getSucceeded() != null;
  }
}
