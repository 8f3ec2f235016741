package training.fusion.local.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A Kubernetes API on the loopback interface, in memory, for the length of a run: objects, watches,
 * owner references and tokens. It answers whoever shows its secret, and nobody else. No kubectl is
 * promised here.
 */
public final class EmbeddedApi implements AutoCloseable {
  /** Namespace of resources that name none. */
  public static final String NAMESPACE = "default";

  private static final int SECRET_BYTES = 32;

  private final String secret;
  private final ApiServer server;
  private final ApiDispatcher dispatcher;
  private final TokenIssuer tokens;
  private final KubernetesClient client;
  private final OwnerCollector collector;

  /**
   * Starts one on a free port.
   *
   * @param definitions the custom resource definitions
   */
  public EmbeddedApi(List<JsonNode> definitions) {
    Map<String, String> documents = new ConcurrentHashMap<>();
    dispatcher = new ApiDispatcher(documents);
    secret = random();
    server = ApiServer.open(dispatcher, new AccessRules(secret));
    tokens = new TokenIssuer(url());
    documents.put("/openid/v1/jwks", tokens.keys());
    documents.put(
        "/.well-known/openid-configuration",
        Serialization.asJson(Map.of("issuer", url(), "jwks_uri", url() + "/openid/v1/jwks")));
    client = client();
    for (JsonNode definition : definitions) {
      client
          .resource(Serialization.unmarshal(definition.toString(), CustomResourceDefinition.class))
          .create();
    }
    collector = new OwnerCollector(client);
  }

  private static String random() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Where it answers, without a slash at the end. */
  public String url() {
    return "http://%s:%d".formatted(ApiServer.ADDRESS, server.port());
  }

  /** The bearer token that it answers to; made for this run, and told to nobody but its parts. */
  public String secret() {
    return secret;
  }

  /** A new client, to be closed by the caller. */
  public KubernetesClient client() {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(url())
            .withNamespace(NAMESPACE)
            .withOauthToken(secret)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  /** Tokens that this API vouches for. */
  public TokenIssuer tokens() {
    return tokens;
  }

  /** Puts back a resource of an earlier run as it was, uid and status included. */
  public void restore(CustomResource<?, ?> resource) {
    var metadata = resource.getMetadata();
    dispatcher.restore(
        "/apis/%s/namespaces/%s/%s/%s"
            .formatted(
                resource.getApiVersion(),
                metadata.getNamespace(),
                resource.getPlural(),
                metadata.getName()),
        Serialization.unmarshal(Serialization.asJson(resource), GenericKubernetesResource.class));
  }

  @Override
  public void close() {
    collector.close();
    client.close();
    server.close();
  }
}
