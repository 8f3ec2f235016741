package training.fusion.operator.status;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import training.fusion.api.Pretrained;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.ResultSource;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.api.run.StoppedEarly;
import training.fusion.operator.resource.Refusal;

public class StatusChangeTest {
  private static final String COMPLETE = "conditions: [{type: Complete, status: 'True'}]";
  private static final String VOLUME =
      "checkpoint: {volume: {persistentVolumeClaim: {claimName: checkpoints}}}";
  private static final String REPORT =
      """
      progress:
        podUid: uid-of-a
        jobUid: job-1
        sequence: 3
        epoch: 2
        step: 130
        lastReportTime: '2026-01-01T12:01:00Z'
        metrics: {split: Validation, epoch: 1, accuracy: 0.5, loss: 1.2, f1: 0.48}
        best: {split: Validation, epoch: 1, accuracy: 0.5, loss: 1.2, f1: 0.48}
        checkpoint: {epoch: 1, step: 125, path: checkpoint-1-125}
      """;

  @Test
  void whatIsTrueAlreadyIsNotWrittenAgain() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).recorded();
    assertThat(scene.change().patch()).isEmpty();
    assertThat(scene.after(Duration.ofSeconds(90)).change().patch()).isEmpty();
  }

  @Test
  void theFirstStatusNamesRunJobImageAndStrategy() {
    var status = Scene.ofTraining().job(1).recorded().status();
    assertThat(status.observedGeneration()).isEqualTo(1);
    assertThat(status.runId()).isEmpty();
    assertThat(status.runKey()).hasSize(10);
    assertThat(status.state()).isEqualTo(State.PENDING);
    assertThat(status.attempt()).isEqualTo(1);
    assertThat(status.restarts()).isZero();
    assertThat(status.jobName()).isEqualTo("quickstart-" + status.runKey() + "-1");
    assertThat(status.jobUid()).isEqualTo("job-1");
    assertThat(status.image()).isEqualTo("fusion-trainer:0.1.0");
    assertThat(status.startTime()).isEqualTo("2026-01-01T12:00:00Z");
    assertThat(status.completionTime()).isNull();
    assertThat(requireNonNull(status.optimization()).summary())
        .isEqualTo("Adam blocks 0–5 → SGD blocks 6–7 and head");
  }

  @Test
  void aCheckpointThatIsNotKeptInTheEndIsNamedNoMore() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).status(REPORT).recorded();
    assertThat(scene.status().checkpoint()).isNotNull();
    String result = scene.result().replaceFirst("\"checkpoint\":\\{[^}]*},", "");
    scene.endedWith(0, result).jobStatus(COMPLETE).recorded();
    assertThat(scene.status().state()).isEqualTo(State.SUCCEEDED);
    assertThat(scene.status().checkpoint()).isNull();
  }

  @Test
  void aConditionsTimeMovesOnlyWhenItsStatusDoes() {
    Scene scene = Scene.ofTraining().job(1).recorded().after(Duration.ofMinutes(1));
    scene.pod("a", Scene.running()).recorded();
    assertThat(condition(scene, "PodsReady").getLastTransitionTime())
        .isEqualTo("2026-01-01T12:01:00Z");
    assertThat(condition(scene, "Reconciling").getLastTransitionTime())
        .isEqualTo("2026-01-01T12:00:00Z");
    assertThat(condition(scene, "Reconciling").getReason()).isEqualTo("Running");
  }

  @Test
  void aConditionThatIsNotOursIsKept() {
    Scene scene =
        Scene.ofTraining()
            .status(
                "conditions: [{type: Audited, status: 'True', reason: Checked, message: ok,"
                    + " lastTransitionTime: '2026-01-01T11:00:00Z'}]")
            .job(1)
            .recorded();
    assertThat(condition(scene, "Audited").getReason()).isEqualTo("Checked");
  }

  @Test
  void theLifecycleNeverWritesProgress() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).status(REPORT);
    assertThat(scene.change().patch().has("progress")).isFalse();
    scene.recorded().spec("runId: second");
    assertThat(scene.change().patch().has("progress")).isFalse();
  }

  @Test
  void aReportsEvaluationAndCheckpointAreCopiedUp() {
    var status =
        Scene.ofTraining().job(1).pod("a", Scene.running()).status(REPORT).recorded().status();
    assertThat(requireNonNull(status.metrics()).accuracy()).isEqualTo(0.5);
    assertThat(requireNonNull(status.validation()).f1()).isEqualTo(0.48);
    assertThat(requireNonNull(status.best()).epoch()).isEqualTo(1);
    assertThat(requireNonNull(status.checkpoint()).path()).isEqualTo("checkpoint-1-125");
    assertThat(status.test()).isNull();
    assertThat(status.node()).isEqualTo("node-1");
  }

  @Test
  void aReportOfAnotherJobIsNotCopiedUp() {
    var status =
        Scene.ofTraining().job(2).pod("b", Scene.running()).status(REPORT).recorded().status();
    assertThat(status.metrics()).isNull();
  }

  @Test
  void whatWasCopiedUpOutlivesItsPod() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).status(REPORT).recorded();
    scene.withoutJobs().job(2).recorded();
    assertThat(requireNonNull(scene.status().metrics()).accuracy()).isEqualTo(0.5);
    assertThat(scene.status().attempt()).isEqualTo(2);
    assertThat(scene.status().startTime()).isEqualTo("2026-01-01T12:00:00Z");
  }

  @Test
  void theResultIsTheTrainersLastWord() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).status(REPORT).recorded();
    var status = scene.podStatus(Scene.ended(0, scene.result())).recorded().status();
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(requireNonNull(status.metrics()).split()).isEqualTo(Metrics.Split.TEST);
    assertThat(requireNonNull(status.metrics()).accuracy()).isEqualTo(0.71);
    assertThat(requireNonNull(status.best()).accuracy()).isEqualTo(0.7);
    assertThat(requireNonNull(status.model()).sha256()).isEqualTo("ab");
    assertThat(status.resultSource()).isEqualTo(ResultSource.TERMINATION_MESSAGE);
    assertThat(status.completionTime()).isEqualTo("2026-01-01T12:05:00Z");
    assertThat(requireNonNull(status.optimization()).highLevelShare()).isEqualTo(0.7);
    assertThat(requireNonNull(status.optimization()).lowLevelParameters()).isEqualTo(300);
  }

  @Test
  void aPauseIsToldWithItsEvaluationAndIsNoEnd() {
    Scene scene = paused(1);
    assertThat(scene.recorded().status().pauses())
        .extracting(FusionTrainingStatus.Pause::epoch)
        .containsExactly(1);
    var status = scene.status();
    assertThat(status.checkpoint()).extracting(SavedCheckpoint::path).isEqualTo("checkpoint-1");
    assertThat(status.metrics()).isEqualTo(requireNonNull(status.pauses()).get(0).metrics());
    assertThat(status.completionTime()).isNull();
    assertThat(status.restarts()).isZero();
    assertThat(status.failures()).isEmpty();
    assertThat(status.state()).isEqualTo(State.PAUSED);
    assertThat(scene.jobIsBeingDeleted().change().patch()).isEmpty();
    assertThat(scene.withoutPods().change().patch()).isEmpty();
    assertThat(scene.withoutJobs().change().patch()).isEmpty();
    scene.spec("pauseAfterEpoch: 3").job(2);
    scene.pod("b", Scene.ended(0, scene.pause(3))).recorded();
    assertThat(scene.status().pauses())
        .extracting(FusionTrainingStatus.Pause::epoch)
        .containsExactly(1, 3);
  }

  @Test
  void onlyTheLastPausesAreKept() {
    Scene scene = paused(1).recorded();
    for (int epoch = 2; epoch <= 20; epoch++) {
      scene.withoutJobs().spec("pauseAfterEpoch: " + epoch).job(epoch);
      scene.pod("a", Scene.ended(0, scene.pause(epoch))).recorded();
    }
    assertThat(scene.status().pauses())
        .extracting(FusionTrainingStatus.Pause::epoch)
        .hasSize(FusionTrainingStatus.MOST_PAUSES)
        .startsWith(5)
        .endsWith(20);
  }

  private static Scene paused(int epoch) {
    Scene scene =
        Scene.ofTraining()
            .spec(
                """
                training: {epochs: 30}
                pauseAfterEpoch: %d
                checkpoint: {volume: {persistentVolumeClaim: {claimName: checkpoints}}}
                """
                    .formatted(epoch))
            .job(1);
    return scene.pod("a", Scene.ended(0, scene.pause(epoch)));
  }

  @Test
  void pixelsThatANetworkDoesNotLookAtAreCountedFromTheBeginning() {
    assertThat(unseen("{model: {architecture: ViT-B-16}, training: {imageSize: 244}}"))
        .isEqualTo(4);
    assertThat(unseen("{model: {architecture: ViT-B-16}, training: {imageSize: 224}}")).isNull();
    assertThat(unseen("{training: {imageSize: 245}}")).isNull(); // convolutions look at all
  }

  private static @Nullable Integer unseen(String spec) {
    return Scene.ofTraining().spec(spec).recorded().status().unseenPixels();
  }

  @Test
  void whatOnlySomeTrainingsHaveIsCopiedToo() {
    Scene scene = Scene.ofTraining().job(1);
    String result =
        scene
            .result()
            .replace(
                "\"parameters\"",
                """
                "ema":{"test":{"split":"Test","epoch":1,"accuracy":0.73,"loss":0.8,"f1":0.7},\
                "model":{"path":"model-ema.safetensors","sha256":"cd"}},\
                "stoppedEarly":{"epoch":4,"bestEpoch":2},"swatsSwitchStep":31,\
                "pretrainedVariant":"TimmTf","parameters\"\
                """);
    var status = scene.pod("a", Scene.ended(0, result)).recorded().status();
    assertThat(requireNonNull(requireNonNull(status.ema()).test()).accuracy()).isEqualTo(0.73);
    assertThat(requireNonNull(requireNonNull(status.ema()).model()).sha256()).isEqualTo("cd");
    assertThat(status.stoppedEarly()).isEqualTo(new StoppedEarly(4, 2));
    assertThat(requireNonNull(status.optimization()).switchStep()).isEqualTo(31);
    assertThat(status.pretrainedVariant()).isEqualTo(Pretrained.Variant.TIMM_TF);
    assertThat(requireNonNull(status.model()).sha256()).isEqualTo("ab");
    assertThat(condition(scene, "Complete").getMessage())
        .isEqualTo("trained to its early end after epoch 4: nothing improved after epoch 2");
  }

  @Test
  void aResultOfAnotherRunDoesNotCount() {
    Scene scene = Scene.ofTraining().job(1);
    String result = scene.result().replace(scene.observation().run().value(), "another");
    var status = scene.pod("a", Scene.ended(0, result)).jobStatus(COMPLETE).recorded().status();
    assertThat(status.state()).isEqualTo(State.FAILED);
    assertThat(condition(scene, "Failed").getReason()).isEqualTo("NoResult");
  }

  @Test
  void aFinishedStatusStaysWhateverBecomesOfItsPods() {
    Scene scene = Scene.ofTraining().job(1);
    scene.pod("a", Scene.ended(0, scene.result())).recorded();
    assertThat(scene.jobStatus(COMPLETE).change().patch()).isEmpty();
    assertThat(scene.withoutJobs().live().change().patch()).isEmpty();
    scene.training().getMetadata().setGeneration(2L); // suspend, say
    assertThat(scene.change().patch().toString()).isEqualTo("{\"observedGeneration\":2}");
  }

  @Test
  void aLostResultWithoutAVolumeLeavesTheLastReport() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).status(REPORT).recorded();
    var status = scene.withoutPods().jobStatus(COMPLETE).live().recorded().status();
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(status.resultSource()).isEqualTo(ResultSource.PROGRESS);
    assertThat(requireNonNull(status.metrics()).accuracy()).isEqualTo(0.5);
    assertThat(status.model()).isNull();
  }

  @Test
  void aMessageThatDidNotArriveIsReadFromTheVolume() {
    for (String arrived : List.of("", "{\"contractVersion\":1,\"runKey\":\"")) {
      Scene scene = Scene.ofTraining().spec(VOLUME).job(1).pod("a", Scene.running());
      scene.endedWith(0, arrived).jobStatus(COMPLETE).live().recorded();
      assertThat(scene.status().completionTime()).isNull();
      assertThat(condition(scene, "Reconciling").getReason()).isEqualTo("RecoveringResult");
      assertThat(scene.observation().isResultMissing()).isTrue();

      scene.withoutJobs().job(2).pod("b", Scene.ended(0, scene.result())).recorded();
      assertThat(scene.status().state()).isEqualTo(State.SUCCEEDED);
      assertThat(requireNonNull(scene.status().test()).accuracy()).isEqualTo(0.71);
    }
  }

  @Test
  void aMessageThatDidNotArriveLeavesTheLastReportIfThatWasOfTheLastStep() {
    String atTheEnd = REPORT.replace("step: 130", "step: 130, steps: 130".replace(", ", "\n  "));
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).status(atTheEnd).recorded();
    scene.endedWith(0, "").jobStatus(COMPLETE).recorded();
    assertThat(scene.status().state()).isEqualTo(State.SUCCEEDED);
    assertThat(scene.status().resultSource()).isEqualTo(ResultSource.PROGRESS);
    assertThat(requireNonNull(scene.status().best()).accuracy()).isEqualTo(0.5);
  }

  @Test
  void theHistoryIsThatOfTheReportsAndOfTheResultTogether() {
    String reported =
        REPORT + "  history: [{epoch: 1, trainLoss: 1.5, loss: 1.2}, {epoch: 2, trainLoss: 1.1}]\n";
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).status(reported).recorded();
    assertThat(scene.status().history()).isNull(); // told at the end
    String result = scene.result();
    String last = ",\"history\":[{\"epoch\":3,\"trainLoss\":0.9}]}";
    scene.endedWith(0, result.substring(0, result.length() - 1) + last).recorded();
    assertThat(requireNonNull(scene.status().history()))
        .extracting(HistoryPoint::epoch, HistoryPoint::trainLoss, HistoryPoint::loss)
        .containsExactly(tuple(1, 1.5, 1.2), tuple(2, 1.1, null), tuple(3, 0.9, null));
  }

  @Test
  void ofAStatusThatTheApiServerRefusesWhatMattersIsLeftAndSaysSo() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).recorded();
    scene.endedWith(0, scene.result());
    var refusal = new KubernetesClientException("status.model.path: Too long", 422, null);
    StatusChange less =
        StatusChange.without(refusal, scene.observation(), Scene.CONFIGURATION.progress());
    assertThat(less.patch().properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrder("state", "conditions", "completionTime");
    scene.status(less.patch());
    assertThat(scene.status().state()).isEqualTo(State.SUCCEEDED);
    assertThat(condition(scene, "Complete").getMessage())
        .contains("trained to the end", "status.model.path: Too long", "of one version");
    assertThat(
            StatusChange.without(refusal, scene.observation(), Scene.CONFIGURATION.progress())
                .patch())
        .as("again")
        .isEmpty();
  }

  @Test
  void aMessageOfAnyLengthIsCutToWhatAConditionTakes() {
    Scene scene = Scene.ofTraining().refused(Refusal.Kind.INVALID, "→".repeat(40_000)).recorded();
    assertThat(condition(scene, "Failed").getMessage()).hasSize(32_768).endsWith("→…");
    assertThat(scene.change().patch()).isEmpty();
  }

  @Test
  void aLostResultThatMayBeAMatterOfTheCacheChangesNothingYet() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).recorded();
    var status = scene.jobStatus(COMPLETE).recorded().status();
    assertThat(status.state()).isNotEqualTo(State.SUCCEEDED);
    assertThat(status.completionTime()).isNull();
  }

  @Test
  void aNewRunStartsWithAFreshStatus() {
    Scene scene = Scene.ofTraining().job(1);
    scene.pod("a", Scene.ended(0, scene.result())).recorded();
    var status = scene.spec("runId: second").withoutJobs().recorded().status();
    assertThat(status.runId()).isEqualTo("second");
    assertThat(status.state()).isEqualTo(State.PENDING);
    assertThat(status.attempt()).isZero();
    assertThat(status.metrics()).isNull();
    assertThat(status.model()).isNull();
    assertThat(status.completionTime()).isNull();
    assertThat(status.jobUid()).isNull();
    assertThat(requireNonNull(status.optimization()).highLevelShare()).isNull();
  }

  @Test
  void anImageVolumeThatTheApiServerDropsIsNoticed() {
    String image = "dataset: {source: {persistentVolumeClaim: null, image: {reference: 'data:1'}}}";
    Scene kept = Scene.ofTraining().spec(image).job(1).recorded();
    assertThat(condition(kept, "Failed").getStatus()).isEqualTo("False");
    Scene dropped = Scene.ofTraining().spec(image).job(1).imagesAreDropped().recorded();
    assertThat(condition(dropped, "Failed").getReason()).isEqualTo("ImageVolumeUnsupported");
    assertThat(condition(dropped, "Failed").getMessage())
        .contains("image volume of data:1")
        .contains("feature gate ImageVolume");
    assertThat(dropped.status().state()).isEqualTo(State.FAILED);
  }

  @Test
  void aClaimForAGpuThatTheApiServerDropsIsNoticed() {
    String claim = "pod: {gpu: {count: null, resourceClaimTemplateName: one-gpu}}";
    Scene kept = Scene.ofTraining().spec(claim).job(1).recorded();
    assertThat(condition(kept, "Failed").getStatus()).isEqualTo("False");
    Scene dropped = Scene.ofTraining().spec(claim).job(1).claimsAreDropped().recorded();
    assertThat(condition(dropped, "Failed").getReason()).isEqualTo("ResourceClaimUnsupported");
    assertThat(condition(dropped, "Failed").getMessage())
        .contains("spec.pod.gpu.resourceClaimTemplateName")
        .contains("from 1.34 on");
    assertThat(dropped.status().state()).isEqualTo(State.FAILED);
  }

  @Test
  void itSaysWhenTimeAloneMakesItUntrue() {
    assertThat(Scene.ofTraining().job(1).change().until())
        .isEqualTo(Scene.START.plusSeconds(30)); // a pod is expected
    assertThat(Scene.ofTraining().job(1).pod("a", Scene.running()).change().until())
        .isEqualTo(Scene.START.plusSeconds(120)); // a report is expected
    assertThat(
            Scene.ofTraining()
                .job(1)
                .pod("a", Scene.running())
                .status(REPORT)
                .after(Duration.ofSeconds(70))
                .change()
                .until())
        .isEqualTo(Scene.START.plusSeconds(180)); // the next one is
    assertThat(
            Scene.ofTraining()
                .spec("runPolicy: {pendingDeadlineSeconds: 45}")
                .job(1)
                .pod("a", Scene.unscheduled())
                .change()
                .until())
        .isEqualTo(Scene.START.plusSeconds(45));
  }

  @Test
  void aSilentTrainersConditionNamesTheAddress() {
    Scene scene =
        Scene.ofTraining().job(1).pod("a", Scene.running()).after(Duration.ofMinutes(2)).recorded();
    assertThat(condition(scene, "ProgressReported").getReason()).isEqualTo("NoReports");
    assertThat(condition(scene, "ProgressReported").getMessage())
        .contains("120 s")
        .contains("http://operator:8080/v1/progress")
        .contains("NetworkPolicy");
  }

  public static Condition condition(Scene scene, String type) {
    return requireNonNull(scene.status().conditions()).stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }
}
