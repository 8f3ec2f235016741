package training.fusion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.operator.Trainings.condition;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.policy.v1.EvictionBuilder;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.OperatorFixture;

/** What clusters and people do to pods, Jobs and trainings. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("A training survives")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SurvivalTest extends OperatorFixture {
  private static final String GONE = "node-that-goes";

  private final KubernetesClient client;
  private Pod lost;

  SurvivalTest(ControlPlane controlPlane) {
    super(controlPlane, "survival");
    client = controlPlane.client();
  }

  /** Begun first, looked at last: Kubernetes waits for most of a minute before it gives up pods. */
  @BeforeAll
  void loseNode() {
    Node node = client.nodes().withName("kwok-0").get();
    var metadata = new ObjectMeta();
    metadata.setName(GONE);
    metadata.setAnnotations(node.getMetadata().getAnnotations());
    metadata.setLabels(Map.of("kubernetes.io/hostname", GONE, "kubernetes.io/os", "linux"));
    client
        .resource(
            new NodeBuilder()
                .withMetadata(metadata)
                .withNewSpec()
                .endSpec()
                .withStatus(node.getStatus())
                .build())
        .create();
    trainings.create("node-gone", "1h", spec -> prefer(spec, GONE));
    lost = trainings.running("node-gone");
    assertThat(lost.getSpec().getNodeName()).isEqualTo(GONE);
    client.nodes().withName(GONE).delete();
  }

  @Test
  @Order(2)
  @DisplayName("its node's removal: another pod goes on elsewhere, and no retry is used up")
  void nodeGone() {
    trainings.end(trainings.running("node-gone", lost), "succeeds");

    trainings.succeeded("node-gone");
    assertThat(trainings.get("node-gone").getStatus().node()).isNotEqualTo(GONE);
    assertDisrupted("node-gone", "DeletionByPodGC");
  }

  @Test
  @Order(1)
  @DisplayName("eviction by its kubelet, which wants the memory: no retry is used up")
  void evicted() {
    trainings.create("starved", "1h", SurvivalTest::withoutRetries);
    Pod pod = trainings.running("starved");

    trainings.end(pod, "evicted");

    trainings.end(trainings.running("starved", pod), "succeeds");
    trainings.succeeded("starved");
    assertDisrupted("starved", "TerminationByKubelet");
  }

  @Test
  @Order(1)
  @DisplayName("eviction by a person who drains its node: no retry is used up")
  void drained() {
    trainings.create("drained", "1h", SurvivalTest::withoutRetries);
    Pod pod = trainings.running("drained");

    client
        .pods()
        .resource(pod)
        .evict(
            new EvictionBuilder()
                .withNewMetadata()
                .withName(pod.getMetadata().getName())
                .withNamespace(trainings.namespace)
                .endMetadata()
                .build());

    trainings.end(trainings.running("drained", pod), "succeeds");
    trainings.succeeded("drained");
    assertDisrupted("drained", "EvictionByEvictionAPI");
  }

  @Test
  @Order(1)
  @DisplayName("preemption by a more important one: it waits, then goes on; no retry is used up")
  void preempted() {
    var important =
        new PriorityClassBuilder()
            .withNewMetadata()
            .withName(trainings.namespace)
            .endMetadata()
            .withValue(1000)
            .build();
    client.resource(important).create();
    try {
      trainings.create("lesser", "1h", SurvivalTest::withMostOfNode);
      Pod first = trainings.running("lesser");
      trainings.create(
          "greater",
          "1s",
          spec -> {
            withMostOfNode(spec);
            pod(spec).put("priorityClassName", trainings.namespace);
          });

      trainings.succeeded("greater");
      trainings.end(trainings.running("lesser", first), "succeeds");
      trainings.succeeded("lesser");
    } finally {
      client.resource(important).delete();
    }
    assertDisrupted("lesser", "PreemptionByScheduler");
    assertThat(trainings.get("greater").getStatus().failures()).isEmpty();
  }

  @Test
  @Order(1)
  @DisplayName(
      "a pod that was killed for its memory: it is tried again, and status says what to do")
  void outOfMemory() {
    trainings.create("hungry-out-of-memory", "100ms", SurvivalTest::withoutRetries);

    FusionTrainingStatus status = trainings.ended("hungry-out-of-memory");

    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(condition(status, "Failed").getMessage())
        .contains("OutOfMemory")
        .contains("raise spec.pod.resources.limits.memory");
  }

  @Test
  @Order(1)
  @DisplayName("an image that is not there: status names it, and the training can be taken away")
  void imageMissing() {
    trainings.create("vision-image-missing", "1s", spec -> pod(spec).put("image", "nobody/has:it"));

    FusionTrainingStatus status =
        trainings.status(
            "vision-image-missing",
            seen ->
                seen.conditions() != null
                    && condition(seen, "PodsReady").getReason().equals("ErrImagePull"));

    assertThat(status.state()).isEqualTo(State.STARTING);
    assertThat(condition(status, "PodsReady").getMessage())
        .contains("nobody/has:it", "spec.pod.image");
    trainings.delete("vision-image-missing");
    trainings.assertPodsGone("vision-image-missing");
  }

  @Test
  @Order(1)
  @DisplayName("a cluster without a node for it: it waits, saying why, until its deadline")
  void neverScheduled() {
    trainings.create(
        "nowhere",
        "1s",
        spec -> {
          pod(spec).putObject("nodeSelector").put("disk", "holographic");
          spec.withObject("/runPolicy").put("pendingDeadlineSeconds", 3);
        });

    FusionTrainingStatus waiting =
        trainings.status(
            "nowhere",
            seen ->
                seen.conditions() != null
                    && condition(seen, "PodsReady").getReason().equals("Unschedulable"));

    assertThat(waiting.state()).isEqualTo(State.PENDING);
    assertThat(condition(waiting, "PodsReady").getMessage()).contains("affinity/selector");
    FusionTrainingStatus status = trainings.ended("nowhere");
    assertThat(condition(status, "Failed").getReason()).isEqualTo("PendingDeadlineExceeded");
    trainings.assertPodsGone("nowhere");
  }

  @Test
  @Order(1)
  @DisplayName("its Job's deletion by hand: another attempt goes on from the checkpoint")
  void jobDeleted() {
    trainings.create("jobless", "1h");
    Pod first = trainings.running("jobless");
    String job = trainings.state("jobless", State.RUNNING).jobName();

    client.batch().v1().jobs().inNamespace(trainings.namespace).withName(job).delete();

    trainings.end(trainings.running("jobless", first), "succeeds");
    trainings.succeeded("jobless");
    assertThat(trainings.get("jobless").getStatus().attempt()).isEqualTo(2);
    assertThat(trainings.jobsEverMade("jobless")).hasSize(2).doesNotHaveDuplicates();
  }

  @Test
  @Order(1)
  @DisplayName(
      "its Job's suspension by somebody else: it is Queued, that is not fought, and it goes on")
  void suspendedByAnother() {
    trainings.create("held", "1h");
    Pod first = trainings.running("held");
    Job job = trainings.jobs("held").get(0);

    suspend(job, true);
    trainings.state("held", State.QUEUED);
    trainings.assertPodsGone("held");
    // a change makes the operator look again, and say that it has looked
    trainings.patch(
        "held", Map.of("spec", Map.of("runPolicy", Map.of("ttlSecondsAfterFinished", 600))));
    trainings.status("held", status -> status.observedGeneration() == 2);
    assertThat(client.resource(job).get().getSpec().getSuspend()).isTrue();
    assertThat(trainings.get("held").getStatus().state()).isEqualTo(State.QUEUED);
    suspend(job, false);

    trainings.end(trainings.running("held", first), "succeeds");
    trainings.succeeded("held");
    FusionTrainingStatus status = trainings.get("held").getStatus();
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(status.restarts()).isZero();
    assertThat(status.failures()).isEmpty();
  }

  @Test
  @Order(1)
  @DisplayName("nothing, once it was deleted itself: Job and pod go, and nothing is made again")
  void trainingDeleted() {
    trainings.create("unwanted", "1h");
    trainings.running("unwanted");

    trainings.delete("unwanted");

    trainings.assertJobsGone("unwanted");
    trainings.create("after-unwanted", "100ms"); // the operator has seen what was before it
    trainings.succeeded("after-unwanted");
    assertThat(trainings.jobsEverMade("unwanted")).hasSize(1);
  }

  private void assertDisrupted(String name, String reason) {
    FusionTrainingStatus status = trainings.get(name).getStatus();
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(status.failures()).extracting(FailureRecord::reason).containsOnly(reason);
    assertThat(trainings.jobsEverMade(name)).hasSize(1);
    assertThat(trainings.podsEverMade(name)).isEqualTo(2);
  }

  private void suspend(Job job, boolean suspend) {
    client
        .resource(job)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            Serialization.asJson(Map.of("spec", Map.of("suspend", suspend))));
  }

  private static ObjectNode pod(ObjectNode spec) {
    return spec.withObject("/pod");
  }

  private static void withoutRetries(ObjectNode spec) {
    spec.withObject("/runPolicy").put("backoffLimit", 0);
  }

  /** Two of these can't run at once. */
  private static void withMostOfNode(ObjectNode spec) {
    withoutRetries(spec);
    pod(spec).putObject("nodeSelector").put("kubernetes.io/hostname", "kwok-1");
    pod(spec).withObject("/resources/requests").put("cpu", "40");
  }

  /** Runs there as long as that node exists. */
  private static void prefer(ObjectNode spec, String node) {
    pod(spec)
        .withObject("/affinity/nodeAffinity")
        .withArray("/preferredDuringSchedulingIgnoredDuringExecution")
        .addObject()
        .put("weight", 100)
        .withObject("/preference")
        .withArray("/matchExpressions")
        .addObject()
        .put("key", "kubernetes.io/hostname")
        .put("operator", "In")
        .withArray("/values")
        .add(node);
  }
}
