package training.fusion.local.api;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A Kubernetes API on the loopback interface, in memory, for the length of a run: objects, watches,
 * owner references and tokens. No kubectl is promised here.
 */
public final class EmbeddedApi implements AutoCloseable {
  /** Namespace of resources that name none. */
  public static final String NAMESPACE = "default";

  /** Held, so that its level is: it tells of every request. */
  private static final Logger CHATTER = Logger.getLogger(MockWebServer.class.getName());

  private final KubernetesMockServer server;
  private final ApiDispatcher dispatcher;
  private final Thread drain;
  private final TokenIssuer tokens;
  private final KubernetesClient client;
  private final OwnerCollector collector;

  /**
   * Starts one on a free port.
   *
   * @param definitions the custom resource definitions, YAML
   */
  public EmbeddedApi(List<String> definitions) {
    CHATTER.setLevel(Level.WARNING);
    Map<String, String> documents = new ConcurrentHashMap<>();
    dispatcher = new ApiDispatcher(documents);
    var web = new MockWebServer();
    server =
        new KubernetesMockServer(
            new Context(Serialization.jsonMapper()), web, new HashMap<>(), dispatcher, false);
    server.init(InetAddress.getLoopbackAddress(), 0);
    drain = new Thread(() -> drain(web), "request-record");
    drain.setDaemon(true);
    drain.start();
    tokens = new TokenIssuer(url());
    documents.put("/openid/v1/jwks", tokens.keys());
    documents.put(
        "/.well-known/openid-configuration",
        Serialization.asJson(Map.of("issuer", url(), "jwks_uri", url() + "/openid/v1/jwks")));
    client = client();
    for (String definition : definitions) {
      client.resource(Serialization.unmarshal(definition, CustomResourceDefinition.class)).create();
    }
    collector = new OwnerCollector(client);
  }

  /** The server keeps every request for tests to look at; unread they would fill the heap. */
  private static void drain(MockWebServer web) {
    try {
      while (true) {
        web.takeRequest();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Where it answers, without a slash at the end. */
  public String url() {
    return "http://127.0.0.1:" + server.getPort();
  }

  /** A new client, to be closed by the caller. */
  public KubernetesClient client() {
    Config config =
        new ConfigBuilder(Config.empty()).withMasterUrl(url()).withNamespace(NAMESPACE).build();
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
    server.destroy();
    drain.interrupt();
  }
}
