package training.fusion.operator.status;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.operator.status.StatusChangeTest.condition;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.operator.diagnosis.Trouble;

/** Each of {@code pod-statuses.yaml}: what Kubernetes writes of a pod is told rightly. */
@DisplayName("A pod's status is told rightly")
class PodStatusesTest {
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void isTold(String name, JsonNode it) {
    Scene scene = Scene.ofTraining();
    if (it.has("spec")) {
      scene.spec(Serialization.asYaml(it.get("spec")));
    }
    String status = Serialization.asYaml(it.get("status"));
    scene.job(1).pod("a", status.replace("RUN", scene.observation().run().value()));
    if (it.has("injected")) {
      scene.injected(Serialization.asYaml(it.get("injected")));
    }

    Trouble told = told(scene.recorded(), it);

    assertThat(told.reason()).isEqualTo(it.get("reason").asText());
    assertThat(told.message())
        .containsSubsequence(words(it, "says"))
        .doesNotContain("null", "Optional");
    words(it, "silent").forEach(word -> assertThat(told.message()).doesNotContain(word));
  }

  private static Trouble told(Scene scene, JsonNode it) {
    if (it.at("/status/phase").asText().equals("Failed")) {
      var failure = requireNonNull(scene.status().failures()).get(0);
      return new Trouble(requireNonNull(failure.reason()), requireNonNull(failure.message()));
    }
    var condition = condition(scene, it.path("condition").asText("PodsReady"));
    return new Trouble(condition.getReason(), condition.getMessage());
  }

  private static List<String> words(JsonNode it, String field) {
    return StreamSupport.stream(it.path(field).spliterator(), false).map(JsonNode::asText).toList();
  }

  static Stream<Arguments> cases() throws IOException {
    try (var in = requireNonNull(PodStatusesTest.class.getResourceAsStream("pod-statuses.yaml"))) {
      JsonNode all = Serialization.yamlMapper().readTree(in);
      return StreamSupport.stream(all.spliterator(), false)
          .map(it -> Arguments.of(it.get("name").asText(), it));
    }
  }
}
