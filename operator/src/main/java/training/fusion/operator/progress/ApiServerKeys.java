package training.fusion.operator.progress;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import training.fusion.operator.configuration.OperatorConfiguration;

/**
 * Whom the API server calls the issuer of its tokens, and what it signs them with. Both are read
 * through the client's own connection: the discovery document's {@code jwks_uri} may be an address
 * that can't be reached from here.
 */
@Singleton
final class ApiServerKeys {
  private final KubernetesClient client;
  private final OperatorConfiguration.Token configuration;
  private volatile @Nullable String issuer;

  ApiServerKeys(KubernetesClient client, OperatorConfiguration configuration) {
    this.client = client;
    this.configuration = configuration.token();
  }

  @Produces
  @Singleton
  TokenVerifier verifier(InstantSource clock) {
    var keys =
        new SigningKeys(() -> read("/openid/v1/jwks"), configuration.keysMinimumAge(), clock);
    return new TokenVerifier(keys, this::issuer, configuration.audience(), clock);
  }

  private String issuer() {
    return configuration.issuer().orElseGet(this::discovered);
  }

  private String discovered() {
    String known = issuer;
    if (known == null) {
      try {
        known =
            Serialization.jsonMapper()
                .readTree(read("/.well-known/openid-configuration"))
                .path("issuer")
                .asText();
      } catch (JsonProcessingException | KubernetesClientException e) {
        throw new KeysUnavailable(e);
      }
      issuer = known;
    }
    return known;
  }

  private String read(String path) {
    String document = client.raw(path);
    if (document == null) {
      throw new KubernetesClientException("the API server has no " + path);
    }
    return document;
  }
}
