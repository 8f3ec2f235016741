package training.fusion.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class HeapHealthTest {
  private Instant now = Instant.parse("2026-01-01T12:00:00Z");
  private Duration collected = Duration.ofSeconds(3);
  private final HeapHealth health = new HeapHealth(() -> now, () -> collected);

  @Test
  void isUpWhileThereIsTimeForWork() {
    assertThat(health.call().getStatus()).isEqualTo(Status.UP);
    pass(10, 7);
    assertThat(health.call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void isDownWhenThereIsNoneAndSaysWhatToDo() {
    pass(10, 9);
    HealthCheckResponse response = health.call();
    assertThat(response.getStatus()).isEqualTo(Status.DOWN);
    assertThat(response.getData())
        .hasValueSatisfying(
            data ->
                assertThat(data.get("problem"))
                    .asString()
                    .startsWith("90 % of the time")
                    .endsWith("raise resources.limits.memory"));
  }

  @Test
  void isUpAgainWhenItHasPassed() {
    pass(10, 9);
    assertThat(health.call().getStatus()).isEqualTo(Status.DOWN);
    pass(10, 1);
    assertThat(health.call().getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void doesNotJudgeByLessThanFiveSeconds() {
    pass(2, 2);
    assertThat(health.call().getStatus()).isEqualTo(Status.UP);
    pass(2, 2);
    assertThat(health.call().getStatus()).isEqualTo(Status.UP);
    pass(2, 2);
    assertThat(health.call().getStatus()).isEqualTo(Status.DOWN);
  }

  private void pass(long seconds, long collecting) {
    now = now.plusSeconds(seconds);
    collected = collected.plusSeconds(collecting);
  }
}
