package training.fusion.e2e.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.operator.Trainings.condition;

import io.fabric8.kubernetes.api.model.Pod;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.operator.OperatorFixture;

/** What {@link QueueTest} shows with a stand-in, with Kueue itself: a ClusterQueue of one GPU. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnKueue
@DisplayName("In a queue of Kueue")
public class KueueTest extends OperatorFixture {
  private static final String QUEUES =
      """
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: ResourceFlavor
      metadata: {name: any}
      ---
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: ClusterQueue
      metadata: {name: one-gpu}
      spec:
        namespaceSelector: {}
        preemption: {withinClusterQueue: LowerPriority}
        resourceGroups:
        - coveredResources: [cpu, memory, nvidia.com/gpu]
          flavors:
          - name: any
            resources:
            - {name: cpu, nominalQuota: 64}
            - {name: memory, nominalQuota: 256Gi}
            - {name: nvidia.com/gpu, nominalQuota: 1}
      ---
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: LocalQueue
      metadata: {name: gpus, namespace: %1$s}
      spec: {clusterQueue: one-gpu}
      ---
      apiVersion: kueue.x-k8s.io/v1beta2
      kind: WorkloadPriorityClass
      metadata: {name: urgent}
      value: 1000
      """;

  KueueTest(Kueue kueue) {
    super(kueue.controlPlane(), "queue");
  }

  @BeforeAll
  void makeQueues() {
    Kubectl.succeeded(
        controlPlane.kubectl(QUEUES.formatted(trainings.namespace), "apply", "-f", "-"));
  }

  @Test
  @DisplayName("a training is admitted, and one without room is Queued until the first has ended")
  void withoutRoom() {
    create("first", "1h", null);
    Pod pod = trainings.running("first");
    create("second", "200ms", null);
    FusionTrainingStatus waiting = trainings.state("second", State.QUEUED);
    assertThat(condition(waiting, "PodsReady").getReason()).isEqualTo("Queued");
    assertThat(trainings.pods("second")).isEmpty();

    trainings.end(pod, "succeeds");

    trainings.succeeded("first");
    trainings.succeeded("second");
    assertThat(trainings.jobsEverMade("second")).hasSize(1);
    assertThat(trainings.podsEverMade("second")).isEqualTo(1);
  }

  @Test
  @DisplayName(
      "one of low priority makes room and goes on later, in the same Job and without a retry")
  void preempted() {
    create("patient", "1h", null);
    Pod first = trainings.running("patient");
    trainings.state("patient", State.RUNNING);

    create("urgent", "1h", "urgent");
    Pod urgent = trainings.running("urgent");
    trainings.state("patient", State.QUEUED);
    trainings.assertPodsGone("patient");
    trainings.end(urgent, "succeeds");
    trainings.succeeded("urgent");

    Pod second = trainings.running("patient", first);
    trainings.end(second, "succeeds");
    trainings.succeeded("patient");
    FusionTrainingStatus status = trainings.get("patient").getStatus();
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(status.restarts()).isZero();
    assertThat(status.failures()).isEmpty();
    assertThat(trainings.jobsEverMade("patient")).hasSize(1);
  }

  @Test
  @DisplayName("the queues in deploy/kueue are taken as they are")
  void ours() {
    Kubectl.succeeded(
        controlPlane.kubectl(
            null,
            "apply",
            "--dry-run=server",
            "--namespace=" + trainings.namespace,
            "-k",
            ControlPlane.MODULE.resolveSibling("deploy/kueue").toString()));
  }

  /** A training of one GPU, without retries. */
  private void create(String name, String runFor, String priority) {
    trainings.create(
        name,
        runFor,
        spec -> {
          spec.withObject("/pod/gpu").put("count", 1);
          spec.withObject("/runPolicy").put("backoffLimit", 0);
          var labels = spec.withObject("/pod/labels").put(KueueStandIn.QUEUE, "gpus");
          if (priority != null) {
            labels.put("kueue.x-k8s.io/priority-class", priority);
          }
        });
  }
}
