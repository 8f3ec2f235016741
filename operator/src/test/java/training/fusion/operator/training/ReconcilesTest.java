package training.fusion.operator.training;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Readiness says whether this process gets through to the API server")
class ReconcilesTest {
  private Instant now = Instant.parse("2026-01-01T12:00:00Z");
  private final Reconciles reconciles = new Reconciles(() -> now);

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 503, 504})
  @DisplayName("an answer to one resource, however bad, is none of its problems")
  void answered(int code) {
    failing(new KubernetesClientException("refused", code, null));
    assertThat(reconciles.problem()).isEmpty();
  }

  @Test
  @DisplayName("nor is a resource that it can't cope with")
  void broken() {
    failing(new IllegalStateException("a bug"));
    assertThat(reconciles.problem()).isEmpty();
  }

  @Test
  @DisplayName("no answer for a minute is one, or not to be known any more, until one is answered")
  void unanswered() {
    reconciles.failed(new KubernetesClientException("timeout"));
    assertThat(reconciles.problem()).as("at first").isEmpty();
    failing(new KubernetesClientException("timeout"));
    assertThat(reconciles.problem()).hasValue("timeout");
    reconciles.failed(new KubernetesClientException("forbidden", 403, null));
    assertThat(reconciles.problem()).isEmpty();
    failing(new KubernetesClientException("who are you?", 401, null));
    assertThat(reconciles.problem()).hasValue("who are you?");
    reconciles.succeeded();
    assertThat(reconciles.problem()).isEmpty();
  }

  private void failing(Exception e) {
    reconciles.failed(e);
    now = now.plus(Duration.ofSeconds(61));
    reconciles.failed(e);
  }
}
