package training.fusion.operator.sweep;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.sweep.FusionSweep;

@DisplayName("A sweep's status")
class SweepStatusTest {
  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

  private final FusionSweep sweep = SweepYaml.of(SweepYaml.SMALL);
  private final SweepObservation seen =
      new SweepObservation(sweep, MatrixExpansion.of(sweep), Map.of(), Map.of(), Map.of());

  @Test
  @DisplayName("that the API server refuses is written without what is not needed, and says so")
  void refused() {
    ObjectNode whole =
        SweepStatus.patch(seen, List.of("small-rows-0"), Optional.empty(), Optional.empty(), NOW);
    assertThat(whole.at("/trials/total").asInt()).isEqualTo(12);

    ObjectNode rest = SweepStatus.without(refusal("rows: too many of them"), sweep, whole);

    assertThat(rest.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("observedGeneration", "state", "conditions");
    assertThat(rest.get("state")).isEqualTo(whole.get("state"));
    assertThat(rest.get("conditions")).hasSameSizeAs(whole.get("conditions"));
    for (int i = 0; i < rest.get("conditions").size(); i++) {
      String before = whole.at("/conditions/" + i + "/message").asText();
      String after = rest.at("/conditions/" + i + "/message").asText();
      if (before.isEmpty()) {
        assertThat(after).isEmpty();
      } else {
        assertThat(after).startsWith(before).contains("rows: too many of them");
      }
    }
  }

  private static KubernetesClientException refusal(String message) {
    return new KubernetesClientException(
        new StatusBuilder().withCode(422).withReason("Invalid").withMessage(message).build());
  }
}
