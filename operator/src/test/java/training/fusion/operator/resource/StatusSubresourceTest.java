package training.fusion.operator.resource;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.status.Scene;

class StatusSubresourceTest {
  private final InMemoryApi api = new InMemoryApi();
  private final StatusSubresource statuses = new StatusSubresource(api.client());
  private final FusionTraining training = created();

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void aPatchIsOneRequestAndReturnsTheTrainingAsItIsNow() {
    int before = api.requests().size();
    FusionTraining after = statuses.patch(training, attempt(1));
    assertThat(api.requests().subList(before, api.requests().size()))
        .containsExactly(
            "PATCH /apis/fusion.training/v1alpha1/namespaces/vision/fusiontrainings/quickstart/status");
    assertThat(requireNonNull(after.getStatus()).attempt()).isEqualTo(1);
    assertThat(after.getMetadata().getResourceVersion())
        .isNotEqualTo(training.getMetadata().getResourceVersion());
  }

  @Test
  void aPatchMadeForAnOlderVersionIsRefused() {
    statuses.patch(training, attempt(1));
    var refused =
        catchThrowableOfType(
            KubernetesClientException.class, () -> statuses.patch(training, attempt(2)));
    assertThat(StatusSubresource.isConflict(refused)).isTrue();
    assertThat(requireNonNull(api.client().resource(training).get().getStatus()).attempt())
        .isEqualTo(1);
  }

  @Test
  void anUnreachableApiServerIsSaid() {
    api.stop();
    var failed =
        catchThrowableOfType(
            KubernetesClientException.class, () -> statuses.patch(training, attempt(1)));
    assertThat(StatusSubresource.isConflict(failed)).isFalse();
    assertThat(failed).hasMessageContaining("not written");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 405, 409, 410, 413, 415, 422, 429, 500, 502, 503, 504})
  void aRefusalHasTheApiServersCodeAndWords(int code) {
    String request =
        "PATCH /apis/fusion.training/v1alpha1/namespaces/vision/fusiontrainings/quickstart/status";
    api.refuse(request, code, "", "because", "");
    var refused =
        catchThrowableOfType(
            KubernetesClientException.class, () -> statuses.patch(training, attempt(1)));
    assertThat(refused).hasMessage("status of quickstart not written: because");
    assertThat(refused.getCode()).isEqualTo(code);
    assertThat(StatusSubresource.isConflict(refused)).isEqualTo(code == 409);
    assertThat(StatusSubresource.isGone(refused)).isEqualTo(code == 404);
    assertThat(Refusal.isAnswer(refused)).isEqualTo(code != 401);
  }

  private FusionTraining created() {
    FusionTraining training = Scene.ofTraining().training();
    training.getMetadata().setResourceVersion(null);
    return api.client().resource(training).create();
  }

  private static ObjectNode attempt(int attempt) {
    return JsonNodeFactory.instance.objectNode().put("attempt", attempt);
  }
}
