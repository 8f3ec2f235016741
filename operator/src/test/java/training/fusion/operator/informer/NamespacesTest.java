package training.fusion.operator.informer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.informers.cache.BasicItemStore;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.Configured;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.informer.Namespaces.Found;

@DisplayName("The namespaces that are watched")
class NamespacesTest {
  private final InMemoryApi api = new InMemoryApi();
  private final Namespaces namespaces =
      new Namespaces(api.client(), Configured.with(Map.of("fusion.namespaces", "a, b")));

  @AfterEach
  void close() {
    api.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {403, 404})
  @DisplayName(
      "are those of the configuration that the API server lets us list, as long as it does")
  void refused(int code) {
    listed("a", 7);
    api.answer(list("b"), code, "{\"kind\": \"Status\", \"message\": \"not yours\"}");

    assertThat(namespaces.look()).isEqualTo(Found.OTHERS);
    assertThat(namespaces.watched()).containsExactly("a");
    assertThat(namespaces.refused()).isEqualTo(Map.of("b", "not yours"));
    assertThat(namespaces.look()).isEqualTo(Found.AS_BEFORE);

    listed("b", 8);
    assertThat(namespaces.look()).isEqualTo(Found.OTHERS);
    assertThat(namespaces.watched()).containsExactly("a", "b");
    assertThat(namespaces.refused()).isEmpty();
  }

  @Test
  @DisplayName("are all of them where none can be listed, or the API server does not answer")
  void none() {
    api.answer(list("a"), 403, "{}");
    api.answer(list("b"), 403, "{}");
    namespaces.look();
    assertThat(namespaces.watched()).containsExactlyInAnyOrder("a", "b");

    listed("a", 7);
    api.answer(list("b"), 500, "{}");
    namespaces.look();
    assertThat(namespaces.watched()).contains("a");
  }

  @Test
  @DisplayName("are another world's when resource versions are older than one that was seen")
  void another_world() {
    listed("a", 7);
    listed("b", 9);
    assertThat(namespaces.look()).isEqualTo(Found.AS_BEFORE);
    listed("a", 10);
    listed("b", 10);
    assertThat(namespaces.look()).isEqualTo(Found.AS_BEFORE);

    var watched = new FusionTraining();
    watched.getMetadata().setResourceVersion("500");
    namespaces
        .watching(new BasicItemStore<FusionTraining>(Cache::metaNamespaceKeyFunc))
        .put("a/a", watched);

    assertThat(namespaces.look()).isEqualTo(Found.ANOTHER_WORLD);
    assertThat(namespaces.look()).isEqualTo(Found.AS_BEFORE);
  }

  private void listed(String namespace, int resourceVersion) {
    api.answer(
        list(namespace),
        200,
        "{\"kind\": \"FusionTrainingList\", \"metadata\": {\"resourceVersion\": \"%d\"}, \"items\": []}"
            .formatted(resourceVersion));
  }

  private static String list(String namespace) {
    return "GET /apis/fusion.training/v1alpha1/namespaces/"
        + namespace
        + "/fusiontrainings?limit=1";
  }
}
