package training.fusion.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A machine's GPU")
class SchedulerTest {
  private static final Claims CLAIMS = new Claims(Map.of(), Path.of("samples"), Path.of("volumes"));

  @Test
  @DisplayName("is had by one training at a time, while others use the CPU")
  void oneAtATime() {
    var scheduler = new Scheduler(CLAIMS, 8, 1);
    assertThat(scheduler.refusal(asking("1"), List.of())).isEmpty();
    assertThat(scheduler.refusal(asking("1"), List.of(asking("0")))).isEmpty();
    assertThat(scheduler.refusal(asking("0"), List.of(asking("1")))).isEmpty();
    assertThat(scheduler.refusal(asking("1"), List.of(asking("1"))))
        .hasValue(
            new Scheduler.Refusal(
                "another training has this machine's GPU; it starts after it", false));
  }

  @Test
  @DisplayName("is one, and where there is none nobody gets it")
  void howMany() {
    assertThat(new Scheduler(CLAIMS, 8, 1).refusal(asking("2"), List.of()))
        .hasValueSatisfying(refusal -> assertThat(refusal.forEver()).isTrue());
    assertThat(new Scheduler(CLAIMS, 8, 0).refusal(asking("1"), List.of()))
        .hasValueSatisfying(
            refusal -> assertThat(refusal.message()).contains("no nvidia.com/gpu", "--cuda"));
  }

  private static Pod asking(String gpus) {
    return new PodBuilder()
        .withNewSpec()
        .addNewContainer()
        .withNewResources()
        .withLimits(Map.of("nvidia.com/gpu", new Quantity(gpus)))
        .endResources()
        .endContainer()
        .endSpec()
        .build();
  }
}
