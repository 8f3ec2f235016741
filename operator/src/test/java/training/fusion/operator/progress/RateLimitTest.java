package training.fusion.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private Instant now = Instant.parse("2026-01-01T12:00:00Z");
  private final RateLimit limit = new RateLimit(3, () -> now);

  @Test
  void soManyAtOnceThenOneASecond() {
    assertThat(limit.await("a")).isZero();
    assertThat(limit.await("a")).isZero();
    assertThat(limit.await("a")).isZero();
    assertThat(limit.await("a")).isEqualTo(Duration.ofSeconds(1));
    now = now.plusMillis(400);
    assertThat(limit.await("a")).isEqualTo(Duration.ofMillis(600));
    now = now.plusMillis(600);
    assertThat(limit.await("a")).isZero();
    assertThat(limit.await("a")).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void waitingLongerDoesNotSaveUpMore() {
    now = now.plus(Duration.ofHours(1));
    for (int i = 0; i < 3; i++) {
      assertThat(limit.await("a")).isZero();
    }
    assertThat(limit.await("a")).isPositive();
  }

  @Test
  void onesExcessIsNotAnothersFault() {
    for (int i = 0; i < 10; i++) {
      limit.await("a");
    }
    assertThat(limit.await("b")).isZero();
  }
}
