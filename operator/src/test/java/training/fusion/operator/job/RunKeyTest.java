package training.fusion.operator.job;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import training.fusion.operator.status.Scene;

class RunKeyTest {
  /** What an older operator made of the scene's uid and an empty runId. */
  private static final String FORMER = "40vbexs0dh";

  @Test
  void aRunIsNamedByTheTrainingItsRunIdAndItsSpec() {
    assertThat(key(Scene.ofTraining())).matches("[0-9a-z]{10}").isEqualTo(key(Scene.ofTraining()));
    assertThat(key(Scene.ofTraining().spec("runId: second"))).isNotEqualTo(key(Scene.ofTraining()));
    assertThat(key(Scene.ofTraining().spec("training: {epochs: 2}")))
        .isNotEqualTo(key(Scene.ofTraining()));
  }

  @Test
  void whatMayChangeAtAnyTimeIsNoOtherRun() {
    for (String change :
        new String[] {
          "suspend: true",
          "runPolicy: {ttlSecondsAfterFinished: 7}",
          "pod: {affinity: {podAntiAffinity: {}}}"
        }) {
      Scene with = Scene.ofTraining().spec("runPolicy: {}").spec(change);
      assertThat(key(with)).as(change).isEqualTo(key(Scene.ofTraining().spec("runPolicy: {}")));
    }
  }

  @Test
  void theOrderOfLabelsIsNoDifference() {
    assertThat(key(Scene.ofTraining().spec("pod: {labels: {a: b, c: d}}")))
        .isEqualTo(key(Scene.ofTraining().spec("pod: {labels: {c: d, a: b}}")));
  }

  @Test
  void aRunThatHasBegunKeepsItsKeyWhateverItsSpecIsReadAs() {
    Scene begun = Scene.ofTraining().job(1).pod("a", Scene.running()).recorded();
    String before = key(begun);
    assertThat(key(begun.generation(2).spec("training: {seed: 0}"))).isEqualTo(before);
    assertThat(key(begun.spec("runId: second"))).isNotEqualTo(before);
  }

  @Test
  void aSpecThatNobodyHasChangedKeepsItsKeyWhereAnotherVersionCompletesItOtherwise() {
    Scene waiting = Scene.ofTraining().job(1).pod("a", Scene.unscheduled()).recorded();
    String before = key(waiting);
    assertThat(key(waiting.spec("training: {labelSmoothing: 0.1}"))).isEqualTo(before);
    assertThat(key(waiting.generation(2))).isNotEqualTo(before);
  }

  @Test
  void aRunOfAnOlderOperatorKeepsItsKey() {
    Scene older = Scene.ofTraining().status("{runKey: %s, runId: ''}".formatted(FORMER));
    assertThat(key(older.generation(5))).isEqualTo(FORMER);
  }

  private static String key(Scene scene) {
    return scene.observation().run().value();
  }
}
