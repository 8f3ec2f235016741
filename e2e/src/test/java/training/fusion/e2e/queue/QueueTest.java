package training.fusion.e2e.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.operator.Trainings.condition;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.ResultSource;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.AuditLog;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.OperatorFixture;

/**
 * {@link KueueStandIn} does to Jobs what Kueue does, everywhere and at once; {@link KueueTest} has
 * Kueue itself, where it is built.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("In a queue (a stand-in for Kueue)")
class QueueTest extends OperatorFixture {
  private static final String OPERATOR = "operator-of-the-queue-test";

  private KueueStandIn queue;

  QueueTest(ControlPlane controlPlane) {
    super(controlPlane, "queue", "kubernetes.user.agent=" + OPERATOR);
  }

  @BeforeAll
  void startQueue() throws IOException {
    queue = new KueueStandIn(controlPlane, trainings.namespace);
  }

  @AfterAll
  void endQueue() {
    queue.close();
  }

  @Test
  @DisplayName("a training is Queued until it is admitted, then runs on the node that was chosen")
  void admitted() {
    Job job = queued("admitted", "500ms");

    FusionTrainingStatus waiting = trainings.get("admitted").getStatus();
    assertThat(condition(waiting, "Reconciling").getStatus()).isEqualTo("True");
    assertThat(condition(waiting, "PodsReady").getReason()).isEqualTo("Queued");
    assertThat(trainings.pods("admitted")).isEmpty();
    assertThat(job.getSpec().getTemplate().getMetadata().getLabels())
        .as("a label there would queue the pod a second time")
        .doesNotContainKey(KueueStandIn.QUEUE);
    queue.admit(job, on("kwok-1"));

    trainings.succeeded("admitted");
    assertThat(trainings.get("admitted").getStatus().node()).isEqualTo("kwok-1");
    assertUntouched("admitted");
  }

  @Test
  @DisplayName("a preempted one is Queued again, and goes on elsewhere; that costs it no retry")
  void preempted() {
    Job job = queued("preempted", "1h");
    queue.admit(job, on("kwok-1"));
    Pod first = trainings.running("preempted");
    trainings.state("preempted", State.RUNNING);

    queue.preempt(job);
    trainings.state("preempted", State.QUEUED);
    trainings.assertPodsGone("preempted");
    queue.admit(job, on("kwok-0"));

    Pod second = trainings.running("preempted", first);
    assertThat(second.getSpec().getNodeName()).isEqualTo("kwok-0");
    trainings.end(second, "succeeds");
    trainings.succeeded("preempted");
    FusionTrainingStatus status = trainings.get("preempted").getStatus();
    assertThat(status.jobUid()).isEqualTo(job.getMetadata().getUid());
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(status.restarts()).isZero();
    assertThat(status.failures()).isEmpty();
    assertUntouched("preempted");
  }

  @Test
  @DisplayName(
      "one that its user suspends while it waits is Suspended, and waits anew when resumed")
  void suspendedWhileQueued() {
    queued("put-off", "200ms");

    trainings.patch("put-off", Map.of("spec", Map.of("suspend", true)));
    trainings.state("put-off", State.SUSPENDED);
    trainings.assertJobsGone("put-off");
    trainings.patch("put-off", Map.of("spec", Map.of("suspend", false)));
    trainings.state("put-off", State.QUEUED);
    queue.admit(trainings.jobs("put-off").get(0), on("kwok-1"));

    trainings.succeeded("put-off");
    assertThat(trainings.podsEverMade("put-off")).isEqualTo(1);
  }

  @Test
  @DisplayName("one that another cluster runs says so, has no pod here, and ends with its one Job")
  void runElsewhere() {
    Job job = queued("elsewhere", "1h", KueueStandIn.OTHER_CLUSTER);
    assertThat(reconciling("elsewhere")).endsWith(runBy());
    queue.runElsewhere(job);
    trainings.state("elsewhere", State.RUNNING);
    assertThat(reconciling("elsewhere")).startsWith(runBy()).contains("not seen here");

    queue.completeElsewhere(job);

    FusionTrainingStatus status = trainings.state("elsewhere", State.SUCCEEDED);
    assertThat(status.resultSource()).isEqualTo(ResultSource.PROGRESS);
    assertThat(trainings.jobsEverMade("elsewhere")).hasSize(1);
    assertThat(trainings.podsEverMade("elsewhere")).isZero();
  }

  private static String runBy() {
    return "Job is run by " + KueueStandIn.MULTI_KUEUE + " (spec.managedBy)";
  }

  private String reconciling(String name) {
    return condition(trainings.get(name).getStatus(), "Reconciling").getMessage();
  }

  private Job queued(String name, String runFor) {
    return queued(name, runFor, "gpus");
  }

  /** A training without retries in the queue, and its Job. */
  private Job queued(String name, String runFor, String localQueue) {
    trainings.create(
        name,
        runFor,
        spec -> {
          spec.withObject("/pod/labels").put(KueueStandIn.QUEUE, localQueue);
          spec.withObject("/runPolicy").put("backoffLimit", 0);
        });
    trainings.state(name, State.QUEUED);
    return trainings.jobs(name).get(0);
  }

  /** The operator has made the Job, and then left it to the queue. */
  private void assertUntouched(String name) {
    String job = trainings.get(name).getStatus().jobName();
    assertThat(
            controlPlane
                .auditLog()
                .requests(
                    AuditLog.writes(trainings.namespace, "jobs")
                        .and(event -> event.path("userAgent").asText().startsWith(OPERATOR))
                        .and(event -> job.equals(event.at("/objectRef/name").asText()))))
        .extracting(event -> event.path("verb").asText())
        .containsExactly("create");
  }

  private static Map<String, String> on(String node) {
    return Map.of("kubernetes.io/hostname", node);
  }
}
