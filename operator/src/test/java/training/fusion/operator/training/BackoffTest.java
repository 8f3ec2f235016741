package training.fusion.operator.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("What does not work is tried again")
class BackoffTest {
  private static final Duration FIRST = Duration.ofSeconds(1);

  private final Backoff backoff = new Backoff();

  @Test
  @DisplayName("after twice as long each time, half a minute at most, and anew once it worked")
  void grows() {
    assertThat(IntStream.range(0, 7).mapToObj(time -> next("a").toSeconds()))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 30L, 30L);
    IntStream.range(0, 100).forEach(time -> next("a"));
    assertThat(next("a")).hasSeconds(30);
    assertThat(next("b")).as("another").isEqualTo(FIRST);
    backoff.over(resource("a"));
    assertThat(next("a")).isEqualTo(FIRST);
  }

  @Test
  @DisplayName("and of resources that were deleted no more than some thousands are remembered")
  void forgets() {
    next("first");
    IntStream.range(0, 10_000).forEach(number -> next("another-" + number));
    assertThat(next("first")).isEqualTo(FIRST);
  }

  private Duration next(String uid) {
    return backoff.next(resource(uid), FIRST);
  }

  private static ConfigMap resource(String uid) {
    return new ConfigMapBuilder().withNewMetadata().withUid(uid).endMetadata().build();
  }
}
