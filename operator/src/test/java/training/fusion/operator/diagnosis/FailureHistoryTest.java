package training.fusion.operator.diagnosis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.operator.status.StatusChangeTest.condition;

import java.util.List;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.operator.status.Scene;

class FailureHistoryTest {
  @Test
  void theTrainersOwnWordsAreNoted() {
    Scene scene = Scene.ofTraining().job(1);
    scene.pod("a", Scene.ended(70, scene.failure("Stalled", "no step for 600 s")));
    FailureRecord failure = last(scene);
    assertThat(failure.reason()).isEqualTo("Stalled");
    assertThat(failure.message()).isEqualTo("no step for 600 s");
    assertThat(failure.exitCode()).isEqualTo(70);
    assertThat(failure.pod()).isEqualTo("a");
    assertThat(failure.node()).isEqualTo("node-1");
    assertThat(failure.attempt()).isEqualTo(1);
    assertThat(failure.time()).isEqualTo("2026-01-01T12:05:00Z");
  }

  @Test
  void memoryThatWasExceededIsNamedWithLimitAndPlace() {
    Scene scene =
        Scene.ofTraining()
            .spec("pod: {gpu: {count: 0}, resources: {limits: {memory: 8Gi}}}")
            .job(1)
            .pod("a", Scene.ended(137, "", "OOMKilled"))
            .status("progress: {podUid: uid-of-a, epoch: 3, step: 120}");
    assertThat(last(scene).reason()).isEqualTo("OutOfMemory");
    assertThat(last(scene).message())
        .isEqualTo(
            "the container exceeded 8Gi at epoch 3, step 120; raise spec.pod.resources.limits.memory"
                + " or lower spec.training.batchSize");
  }

  @Test
  void aDisruptionIsNoted() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .pod(
                "a",
                Scene.ended(143, "")
                    + """
                    conditions:
                    - {type: DisruptionTarget, status: "True", reason: EvictionByEvictionAPI, message: "Eviction API: evicting"}
                    """);
    assertThat(last(scene).reason()).isEqualTo("EvictionByEvictionAPI");
    assertThat(last(scene).message()).contains("evicting").contains("not counted as a retry");
  }

  @Test
  void aCodeOfOursWithoutAWordIsExplained() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.ended(75, "java.io.IOException"));
    assertThat(last(scene).reason()).isEqualTo("TemporaryIo");
    assertThat(last(scene).message()).contains("exit code 75").contains("kubectl logs a");
  }

  @Test
  void anUnknownCodeIsNotedWithWhatTheContainerSaid() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.ended(3, "no such file: trainer.jar"));
    assertThat(last(scene).reason()).isEqualTo("ContainerFailed");
    assertThat(last(scene).message())
        .isEqualTo("the container ended with exit code 3: no such file: trainer.jar");
  }

  @Test
  void aPodThatFailedBeforeItsContainerRanIsNoted() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .pod("a", "phase: Failed\nreason: UnexpectedAdmissionError\nmessage: no GPU is left");
    assertThat(last(scene).reason()).isEqualTo("UnexpectedAdmissionError");
    assertThat(last(scene).message())
        .isEqualTo("node node-1 has not taken the pod: no GPU is left; counted as a retry");
  }

  @Test
  void eachFailedPodIsCountedOnceAndTheLastFiveAreKept() {
    Scene scene = Scene.ofTraining().job(1);
    for (int i = 1; i <= 7; i++) {
      scene.pod("p" + i, Scene.ended(70, "").replace("12:05:00", "12:0" + i + ":00")).recorded();
      assertThat(scene.recorded().status().restarts()).isEqualTo(i);
    }
    assertThat(failures(scene))
        .extracting(FailureRecord::pod)
        .containsExactly("p3", "p4", "p5", "p6", "p7");
  }

  @Test
  void failuresOutliveTheirJob() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.ended(70, "")).recorded();
    scene.withoutJobs().job(2).pod("b", Scene.ended(70, "")).recorded();
    assertThat(scene.status().restarts()).isEqualTo(2);
    assertThat(failures(scene)).extracting(FailureRecord::attempt).containsExactly(1, 2);
  }

  @Test
  void aPodThatWasToldToStopHasNotFailed() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .spec("suspend: true")
            .jobIsBeingDeleted()
            .pod("a", Scene.ended(143, ""))
            .recorded();
    assertThat(scene.status().restarts()).isZero();
    assertThat(failures(scene)).isEmpty();
  }

  @Test
  void aPodHeldBackByAQueueHasNotFailed() {
    Scene scene =
        Scene.ofTraining().job(1).jobIsSuspended().pod("a", Scene.ended(143, "")).recorded();
    assertThat(scene.status().restarts()).isZero();
  }

  @Test
  void outOfRetriesSaysWhatTheLastPodSaid() {
    Scene scene = Scene.ofTraining().spec("runPolicy: {backoffLimit: 0}").job(1);
    scene
        .pod("a", Scene.ended(70, scene.failure("DeviceError", "CUDA error: device lost")))
        .jobStatus("conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]")
        .recorded();
    assertThat(scene.status().state()).isEqualTo(State.FAILED);
    assertThat(condition(scene, "Failed").getReason()).isEqualTo("BackoffLimitExceeded");
    assertThat(condition(scene, "Failed").getMessage())
        .isEqualTo(
            "more pods failed than spec.runPolicy.backoffLimit (0) allows; the last one:"
                + " DeviceError: CUDA error: device lost");
  }

  @Test
  void wrongConfigurationIsTheReasonItself() {
    Scene scene = Scene.ofTraining().job(1);
    scene
        .pod("a", Scene.ended(64, scene.failure("BadData", "no labels file in /fusion/data")))
        .jobStatus(
            "conditions: [{type: Failed, status: 'True', reason: PodFailurePolicy, lastTransitionTime: '2026-01-01T12:06:00Z'}]")
        .recorded();
    assertThat(condition(scene, "Failed").getReason()).isEqualTo("BadData");
    assertThat(condition(scene, "Failed").getMessage()).isEqualTo("no labels file in /fusion/data");
    assertThat(condition(scene, "Stalled").getReason()).isEqualTo("BadData");
    assertThat(scene.status().completionTime()).isEqualTo("2026-01-01T12:06:00Z");
  }

  @Test
  void aDeadlineThatPassedIsNamed() {
    Scene scene =
        Scene.ofTraining()
            .spec("runPolicy: {activeDeadlineSeconds: 60}")
            .job(1)
            .jobStatus("conditions: [{type: Failed, status: 'True', reason: DeadlineExceeded}]")
            .live()
            .recorded();
    assertThat(condition(scene, "Failed").getReason()).isEqualTo("DeadlineExceeded");
    assertThat(condition(scene, "Failed").getMessage()).contains("activeDeadlineSeconds (60)");
  }

  @Test
  void aMissingClaimIsNamed() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .pod(
                "a",
                """
                phase: Pending
                conditions:
                - {type: PodScheduled, status: "False", message: 'persistentvolumeclaim "fashion-mnist" not found'}
                """)
            .recorded();
    assertThat(condition(scene, "PodsReady").getMessage())
        .startsWith("PersistentVolumeClaim fashion-mnist does not exist in namespace vision");
  }

  private static FailureRecord last(Scene scene) {
    return failures(scene.recorded()).get(0);
  }

  private static List<FailureRecord> failures(Scene scene) {
    return requireNonNull(scene.status().failures());
  }
}
