package training.fusion.operator.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.status.Scene;

class GpuSecondsTest {
  private static final String ENDED =
      Scene.ended(0, "")
          .replace("finishedAt", "startedAt: \"2026-01-01T12:00:00Z\"\n      finishedAt");

  private Instant now = Scene.START;
  private final GpuSeconds gpuSeconds = new GpuSeconds(() -> now);
  private final Scene scene = Scene.ofTraining().spec("pod: {gpu: {count: 1}}").job(1);

  @Test
  void aRunningTrainerIsCountedAsTimeGoesBy() {
    scene.pod("a", Scene.running());
    now = now.plusSeconds(10);
    assertThat(total(scene.pods())).isEqualTo(10);
    now = now.plusSeconds(5);
    assertThat(total(scene.pods())).isEqualTo(15);
  }

  @Test
  void aTrainerThatHasEndedIsCountedToItsEndAndOnce() {
    scene.pod("a", Scene.running());
    now = now.plusSeconds(60);
    total(scene.pods());
    now = now.plusSeconds(3600);
    scene.podStatus(ENDED);
    assertThat(total(scene.pods())).isEqualTo(300);
    assertThat(total(scene.pods())).isEqualTo(300);
    assertThat(total(List.of())).isEqualTo(300);
  }

  @Test
  void whatEndedBeforeTheOperatorStartedWasAnOthersToCount() {
    now = now.plusSeconds(3600);
    var later = new GpuSeconds(() -> now);
    assertThat(later.byNamespace(scene.pod("a", ENDED).pods()).values()).containsExactly(0.0);
  }

  @Test
  void aTrainerOnTheCpuHoldsNone() {
    Scene cpu = Scene.ofTraining().job(1).pod("a", Scene.running());
    now = now.plusSeconds(10);
    assertThat(total(cpu.pods())).isZero();
  }

  private double total(List<TrainerPod> pods) {
    return gpuSeconds.byNamespace(pods).values().stream().mapToDouble(it -> it).sum();
  }
}
