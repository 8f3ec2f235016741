package training.fusion.operator.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.operator.status.Scene;
import training.fusion.operator.status.StatusChangeTest;

class UnreachableNodeTest {
  private static final String NOT_READY =
      """
      conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-01-01T12:00:00Z"}]
      """;

  @Test
  void aPodThatOutlivesItsDeletionNamesItsNodeAndTheRemedies() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).podShouldBeGone();
    assertThat(UnreachableNode.of(scene.after(Duration.ofSeconds(59)).observation())).isEmpty();
    scene.after(Duration.ofSeconds(1)).recorded();
    assertThat(scene.status().state()).isEqualTo(State.PENDING);
    assertThat(StatusChangeTest.condition(scene, "PodsReady").getMessage())
        .contains("node node-1 does not answer for pod a")
        .contains("kubectl delete node node-1")
        .contains("out-of-service");
  }

  @Test
  void itIsLookedAtWhenThePatienceEnds() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).podShouldBeGone();
    assertThat(scene.change().until()).isEqualTo(Scene.START.plusSeconds(60));
  }

  @Test
  void aRunningPodThatTheControlPlaneHasMarkedIsNotWaitedFor() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .pod("a", Scene.running() + NOT_READY)
            .after(Duration.ofMinutes(1));
    assertThat(UnreachableNode.of(scene.observation())).isPresent();
  }

  @Test
  void aPodThatItsNodeCallsNotReadyForAnotherContainerHasANodeThatAnswers() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .pod("a", Scene.running() + NOT_READY.replace("}]", ", reason: ContainersNotReady}]"))
            .after(Duration.ofMinutes(1));
    assertThat(UnreachableNode.of(scene.observation())).isEmpty();
  }

  @Test
  void aPodThatHasEndedNeedsNoAnswer() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .pod("a", Scene.ended(143, ""))
            .podShouldBeGone()
            .after(Duration.ofHours(1));
    assertThat(UnreachableNode.of(scene.observation())).isEmpty();
  }

  @Test
  void aSuspendedTrainingWhosePodDoesNotEndSaysSo() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .jobIsBeingDeleted()
            .pod("a", Scene.running())
            .podShouldBeGone()
            .spec("suspend: true")
            .after(Duration.ofMinutes(1));
    assertThat(UnreachableNode.of(scene.observation())).isPresent();
  }
}
