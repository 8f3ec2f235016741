package training.fusion.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RunImageTest {
  private static final String PULLED =
      """
      phase: Running
      containerStatuses:
      - name: trainer
        imageID: %s
        state: {running: {startedAt: "2026-01-01T12:00:00Z"}}
      """;
  private static final String DIGEST = "registry.example/fusion-trainer@sha256:" + "ab".repeat(32);

  @Test
  void theImageIsRecordedByItsDigestOnceANodeHasPulledIt() {
    Scene scene = Scene.ofTraining().job(1).recorded();
    assertThat(scene.status().image()).isEqualTo("fusion-trainer:0.1.0");
    scene.pod("a", PULLED.formatted(DIGEST)).recorded();
    assertThat(scene.status().image()).isEqualTo(DIGEST);
  }

  @Test
  void anImageThatCameFromNoRegistryKeepsItsName() {
    Scene scene = Scene.ofTraining().job(1).pod("a", PULLED.formatted("sha256:" + "cd".repeat(32)));
    assertThat(scene.recorded().status().image()).isEqualTo("fusion-trainer:0.1.0");
  }

  @Test
  void theDigestOfTheFirstPodHolds() {
    Scene scene = Scene.ofTraining().job(1).pod("a", PULLED.formatted(DIGEST)).recorded();
    scene.pod("b", PULLED.formatted(DIGEST.replace("ab", "ef"))).recorded();
    assertThat(scene.status().image()).isEqualTo(DIGEST);
  }
}
