package training.fusion.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.quarkus.runtime.StartupEvent;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DirectApiServerTest {
  private static final String PROXY = "http://proxy.example:3128";

  private final DirectApiServer direct = new DirectApiServer(Map.of("HTTPS_PROXY", PROXY));

  @ParameterizedTest
  @ValueSource(strings = {"*.svc", " .cluster.local", "*", "10.0.0.0/8"})
  @DisplayName("whatever a cluster writes into NO_PROXY, the operator starts")
  void starts(String noProxy) {
    Config config = config(PROXY, noProxy);

    direct.customize(config);

    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      assertThat(client.getConfiguration().getHttpsProxy()).isNull();
    }
  }

  @Test
  @DisplayName("the client by itself does not start over some of it")
  void needed() {
    var builder = new KubernetesClientBuilder().withConfig(config(PROXY, "*.svc"));

    assertThatThrownBy(builder::build).hasStackTraceContaining("*.svc");
  }

  @Test
  @DisplayName("a client that is made of the environment does not read its NO_PROXY either")
  void ofTheEnvironment() {
    try {
      direct.ofNoConcern(new StartupEvent());

      assertThat(Config.autoConfigure(null).getNoProxy()).containsExactly("none.invalid");
    } finally {
      System.clearProperty(Config.KUBERNETES_NO_PROXY);
    }
  }

  @Test
  @DisplayName("a kubeconfig's own proxy counts")
  void proxyOfKubeconfig() {
    Config config = config("http://bastion.example:8080", "*");

    direct.customize(config);

    assertThat(config.getHttpsProxy()).isEqualTo("http://bastion.example:8080");
  }

  private static Config config(String proxy, String noProxy) {
    return new ConfigBuilder(Config.empty())
        .withMasterUrl("https://10.96.0.1:443")
        .withHttpsProxy(proxy)
        .withNoProxy(noProxy)
        .build();
  }
}
