package training.fusion.operator.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.operator.status.Scene;

class BeginningTest {
  private static final String TRAINED_NOTHING =
      """
      {"contractVersion":1,"runKey":"%s","failure":{"reason":"BadData","message":"no images"}}\
      """;

  @Test
  void aRunWithoutAJobOrAPodHasNotBegun() {
    assertThat(hasBegun(Scene.ofTraining())).isFalse();
    assertThat(hasBegun(Scene.ofTraining().job(1))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "phase: Pending\nconditions: [{type: PodScheduled, status: 'False', message: no node}]",
        "phase: Pending\n"
            + "containerStatuses: [{name: trainer, state: {waiting: {reason: ImagePullBackOff}}}]",
        "phase: Failed",
        // what a kubelet says of a container that the runtime could not start
        "phase: Failed\n"
            + "containerStatuses: [{name: trainer, state: {terminated: {exitCode: 128, reason:"
            + " StartError, startedAt: '1970-01-01T00:00:00Z', finishedAt:"
            + " '2026-01-01T12:05:00Z'}}}]"
      })
  void aPodWhoseTrainerNeverRanHasTrainedNothing(String status) {
    assertThat(hasBegun(Scene.ofTraining().job(1).pod("a", status))).isFalse();
  }

  @Test
  void aTrainerThatRunsOrRanWithoutAWordHasBegun() {
    assertThat(hasBegun(Scene.ofTraining().job(1).pod("a", Scene.running()))).isTrue();
    assertThat(hasBegun(Scene.ofTraining().job(1).pod("a", Scene.ended(137, "")))).isTrue();
  }

  @Test
  void aTrainerThatFailsAfterAStepHasBegun() {
    Scene scene = Scene.ofTraining().job(1);
    scene.pod("a", Scene.ended(65, scene.failure("Diverged", "not finite")));
    assertThat(hasBegun(scene)).isTrue();
  }

  @Test
  void aTrainerThatSaysItTrainedNothingHasNotAndLetsTheSpecGoAgain() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).recorded();
    assertThat(scene.observation().recorded().orElseThrow().begun()).isTrue();
    scene.podStatus(Scene.ended(64, TRAINED_NOTHING.formatted(scene.observation().run())));
    assertThat(hasBegun(scene)).isFalse();
    assertThat(scene.recorded().observation().recorded().orElseThrow().begun()).isNull();
  }

  @Test
  void whatHasBegunStaysSoWhenItsPodsAreGone() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).recorded().withoutJobs();
    assertThat(hasBegun(scene)).isTrue();
    scene.job(2);
    scene.pod("b", Scene.ended(64, TRAINED_NOTHING.formatted(scene.observation().run())));
    assertThat(hasBegun(scene)).as("the pod that is gone may have trained").isTrue();
  }

  @Test
  void whatAnotherClusterRunsHasBegunWithItsFirstPod() {
    Scene scene = Scene.ofTraining().job(1).jobIsManagedBy("kueue.x-k8s.io/multikueue");
    assertThat(hasBegun(scene)).isFalse();
    assertThat(hasBegun(scene.jobStatus("active: 1"))).isTrue();
  }

  private static boolean hasBegun(Scene scene) {
    return Beginning.isSeen(scene.observation());
  }
}
