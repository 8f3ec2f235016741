package training.fusion.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Of a person's own environment")
class OwnVariablesTest {
  private static final List<String> HERS =
      List.of(
          "PATH",
          "HOME",
          "JAVA_TOOL_OPTIONS",
          "AWS_ACCESS_KEY_ID",
          "FUSION_DATA_HTTPS_HEADER",
          "FUSION_CACHE",
          "FUSION_PICTURES_BYTES",
          "HTTP_PROXY",
          "no_proxy",
          "KUBECONFIG",
          "KUBERNETES_MASTER",
          "QUARKUS_HTTP_HOST",
          "MLFLOW_TRACKING_TOKEN");

  @Test
  @DisplayName("the operator sees nothing that leads it, or the API's secret, elsewhere")
  void operator() {
    Map<String, String> environment = hers();
    OwnVariables.keep(environment);
    assertThat(environment).containsOnlyKeys("PATH", "HOME", "JAVA_TOOL_OPTIONS");
  }

  @Test
  @DisplayName(
      "a trainer sees her keys to S3 and https, her proxies, and how much it may keep, besides")
  void trainer() {
    Map<String, String> environment = hers();
    OwnVariables.keepForTrainer(environment);
    assertThat(environment)
        .containsOnlyKeys(
            "PATH",
            "HOME",
            "JAVA_TOOL_OPTIONS",
            "AWS_ACCESS_KEY_ID",
            "FUSION_DATA_HTTPS_HEADER",
            "FUSION_PICTURES_BYTES",
            "HTTP_PROXY",
            "no_proxy");
  }

  private static Map<String, String> hers() {
    Map<String, String> environment = new HashMap<>();
    HERS.forEach(name -> environment.put(name, "x"));
    return environment;
  }
}
