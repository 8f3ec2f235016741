package training.fusion.operator.watch;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.status.Scene;

class PrunedTest {
  private final Scene scene =
      Scene.ofTraining()
          .spec("pod: {gpu: {count: 1}, affinity: {nodeAffinity: {}}}")
          .job(1)
          .pod("a", Scene.running());

  @Test
  void aPodKeepsWhatIsReadOfIt() {
    Pod whole = scene.pods().get(0).pod();
    whole.getMetadata().setManagedFields(List.of(new ManagedFieldsEntry()));
    var store = Pruned.pods();
    store.put("vision/a", whole);
    Pod kept = store.get("vision/a");
    assertThat(kept.getSpec().getVolumes()).isEmpty();
    assertThat(kept.getMetadata().getManagedFields()).isEmpty();
    TrainerPod pod = new TrainerPod(kept);
    assertThat(pod.node()).isEqualTo("node-1");
    assertThat(pod.image()).isEqualTo("fusion-trainer:0.1.0");
    assertThat(pod.gpus()).isEqualTo(1);
    assertThat(pod.isRunning()).isTrue();
    assertThat(pod.jobUid()).isEqualTo("job-1");
    assertThat(store.put("vision/a", whole)).isEqualTo(kept);
    assertThat(store.values()).containsExactly(kept);
  }

  @Test
  void aPodKeepsWhatIsReadOfOtherPeoplesContainersAndVolumes() {
    Scene meshed =
        Scene.ofTraining()
            .spec("dataset: {source: {persistentVolumeClaim: null, image: {reference: 'mnist:1'}}}")
            .job(1)
            .pod("a", "phase: Pending")
            .injected(
                """
                initContainers:
                - {name: proxy, image: 'proxy:1', restartPolicy: Always}
                - {name: vault, image: 'vault:1'}
                containers: [{name: logger, image: 'logger:1'}]
                volumes: [{name: certificates, emptyDir: {}}]
                """)
            .podStatus(
                """
                phase: Pending
                initContainerStatuses:
                - {name: vault, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 2}}}
                containerStatuses: [{name: logger, state: {terminated: {exitCode: 1}}}]
                """);
    TrainerPod whole = meshed.pods().get(0);
    var store = Pruned.pods();
    store.put("vision/a", whole.pod());

    TrainerPod kept = new TrainerPod(store.get("vision/a"));

    assertThat(kept.others()).isEqualTo(whole.others()).hasSize(3);
    assertThat(kept.gracePeriod()).isEqualTo(whole.gracePeriod()).isPositive();
    assertThat(kept.imageVolumes()).isEqualTo(whole.imageVolumes()).hasSize(1);
  }

  @Test
  void aTrainingIsKeptButForWhoWroteIt() {
    FusionTraining whole = scene.training();
    var store = new Pruned.Trainings();
    assertThat(store.put("vision/training", whole)).isNull();

    assertThat(store.get("vision/training"))
        .satisfies(kept -> assertThat(kept.getSpec()).isEqualTo(whole.getSpec()))
        .satisfies(kept -> assertThat(kept.getStatus()).isEqualTo(whole.getStatus()))
        .satisfies(kept -> assertThat(kept.getMetadata()).isEqualTo(whole.getMetadata()));
    assertThat(store.remove("vision/training")).isNotNull();
    assertThat(store.get("vision/training")).isNull();
    assertThat(store.size()).isZero();
  }

  @Test
  void aTrainingThatWasStoredCanBeCopiedAndChanged() {
    FusionTraining whole = scene.training();
    FusionTraining stored = Pruned.stored(whole);
    FusionTraining copy = Serialization.clone(stored);
    assertThat(copy.getMetadata()).isEqualTo(whole.getMetadata());
    assertThat(copy.getSpec()).isEqualTo(whole.getSpec());
    assertThat(copy.getStatus()).isEqualTo(whole.getStatus());
    assertThat(copy.getKind()).isEqualTo(whole.getKind());
    assertThat(copy.getFullResourceName()).isEqualTo(whole.getFullResourceName());

    stored.setStatus(null);
    assertThat(stored.getStatus()).isNull();
    assertThat(stored.getSpec()).isEqualTo(whole.getSpec());
  }

  @Test
  void aJobKeepsWhatIsReadOfIt() {
    Job whole = scene.observation().jobs().get(0).job();
    var store = Pruned.jobs();
    store.put("vision/job", whole);
    Job kept = store.get("vision/job");
    assertThat(kept.getSpec().getTemplate().getSpec().getContainers())
        .singleElement()
        .satisfies(container -> assertThat(container.getEnv()).isEmpty());
    JobView job = new JobView(kept);
    assertThat(job.image()).hasValue("fusion-trainer:0.1.0");
    assertThat(job.attempt()).isEqualTo(1);
    assertThat(job.hasOtherAffinity(scene.training())).isFalse();
    assertThat(job.droppedImages(scene.training())).isEmpty();
  }

  @Test
  void aJobKeepsItsClaimForAGpu() {
    Scene claiming =
        Scene.ofTraining()
            .spec("pod: {gpu: {count: null, resourceClaimTemplateName: one-gpu}}")
            .job(1);
    var store = Pruned.jobs();
    store.put("vision/job", claiming.observation().jobs().get(0).job());

    assertThat(new JobView(store.get("vision/job")).hasLostItsClaim(claiming.training())).isFalse();
  }
}
