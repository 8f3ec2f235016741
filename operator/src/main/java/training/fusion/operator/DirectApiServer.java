package training.fusion.operator;

import io.fabric8.kubernetes.client.Config;
import io.quarkus.kubernetes.client.KubernetesConfigCustomizer;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The API server is reached without the proxies of the environment, which clusters with a proxy for
 * the world outside put into every pod: it is inside. The client would read {@code NO_PROXY} in a
 * way of its own, and not start over {@code *.svc}. A {@code proxy-url} of a kubeconfig counts.
 */
@Singleton
final class DirectApiServer implements KubernetesConfigCustomizer {
  /** A name that no host has: a list must be there, or the environment's is read. */
  private static final String NOBODY = "none.invalid";

  private final Map<String, String> environment;

  DirectApiServer() {
    this(System.getenv());
  }

  DirectApiServer(Map<String, String> environment) {
    this.environment = environment;
  }

  /**
   * Before the operator SDK's own start, in which CDI's proxy of its bean makes one more client, of
   * whatever the environment says, that nobody uses.
   */
  void ofNoConcern(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start) {
    System.setProperty(Config.KUBERNETES_NO_PROXY, NOBODY);
  }

  @Override
  public void customize(Config config) {
    config.setHttpsProxy(unlessOfEnvironment(config.getHttpsProxy()));
    config.setHttpProxy(unlessOfEnvironment(config.getHttpProxy()));
    config.setNoProxy(null);
  }

  private @Nullable String unlessOfEnvironment(@Nullable String proxy) {
    return Optional.ofNullable(proxy)
        .filter(
            it ->
                Stream.of("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY")
                    .map(environment::get)
                    .noneMatch(it::equals))
        .orElse(null);
  }
}
