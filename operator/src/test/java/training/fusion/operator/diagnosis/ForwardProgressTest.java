package training.fusion.operator.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.operator.status.Scene;
import training.fusion.operator.status.StatusChangeTest;

class ForwardProgressTest {
  private static final String EVICTED =
      """
      conditions: [{type: DisruptionTarget, status: "True", reason: EvictionByEvictionAPI, message: drained}]
      """;
  private static final String KEPT =
      "checkpoint: {volume: {persistentVolumeClaim: {claimName: checkpoints}}}";

  @Test
  void fivePodsTakenAwayWithoutACheckpointEndTheRun() {
    Scene scene = Scene.ofTraining().job(1);
    for (String pod : new String[] {"a", "b", "c", "d"}) {
      evicted(scene, pod, "");
      assertThat(scene.status().state()).isEqualTo(State.PENDING);
    }
    evicted(scene, "e", "");
    assertThat(scene.status().state()).isEqualTo(State.FAILED);
    assertThat(StatusChangeTest.condition(scene, "Failed").getReason())
        .isEqualTo("NoForwardProgress");
    assertThat(StatusChangeTest.condition(scene, "Failed").getMessage())
        .isEqualTo(
            "5 pods in a row were taken off their nodes (EvictionByEvictionAPI at last) and there is"
                + " no checkpoint yet; give the run a spec.checkpoint.volume, or find out who takes"
                + " them, then set a new spec.runId");
  }

  @Test
  void aCheckpointBetweenThemIsProgress() {
    Scene scene = Scene.ofTraining().spec(KEPT).job(1);
    for (int i = 0; i < 12; i++) {
      evicted(scene, "pod-" + i, saved(scene, 40 + i / 4));
    }
    assertThat(scene.status().state()).isEqualTo(State.PENDING);
    assertThat(scene.status().restarts()).isEqualTo(12);
  }

  @Test
  void theSameCheckpointFiveTimesIsNone() {
    Scene scene = Scene.ofTraining().spec(KEPT).job(1);
    for (int i = 0; i < 5; i++) {
      evicted(scene, "pod-" + i, saved(scene, 40));
    }
    assertThat(scene.status().state()).isEqualTo(State.FAILED);
    assertThat(StatusChangeTest.condition(scene, "Failed").getMessage())
        .contains("the newest checkpoint is still that of step 40")
        .contains("spec.checkpoint.everyMinutes");
  }

  @Test
  void failuresThatUseUpRetriesAreNotItsMatter() {
    Scene scene = Scene.ofTraining().spec("runPolicy: {backoffLimit: 10}").job(1);
    for (int i = 0; i < 5; i++) {
      scene.pod("pod-" + i, Scene.ended(75, "")).recorded().after(Duration.ofMinutes(6));
    }
    assertThat(scene.status().state()).isEqualTo(State.PENDING);
  }

  private static void evicted(Scene scene, String pod, String message) {
    String now = scene.observation().now().toString();
    String ended = Scene.ended(143, message).replace("2026-01-01T12:05:00Z", now);
    scene.pod(pod, ended + EVICTED).recorded().after(Duration.ofSeconds(1));
  }

  private static String saved(Scene scene, int step) {
    return """
    {"contractVersion":1,"runKey":"%s","epoch":1,"step":%2$d,\
    "failure":{"reason":"Terminated","message":"stopped"},\
    "checkpoint":{"epoch":1,"step":%2$d,"path":"checkpoint"}}"""
        .formatted(scene.observation().run(), step);
  }
}
