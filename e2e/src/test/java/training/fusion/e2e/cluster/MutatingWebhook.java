package training.fusion.e2e.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BiConsumer;
import org.jspecify.annotations.NullUnmarked;

/**
 * Somebody's admission webhook, as service meshes, secret agents and policies have them: it changes
 * the Jobs and pods that are made in one namespace. The API server asks it before it stores them.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
public final class MutatingWebhook implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONFIGURATION =
      """
      apiVersion: admissionregistration.k8s.io/v1
      kind: MutatingWebhookConfiguration
      metadata: {name: %1$s}
      webhooks:
      - name: %1$s.example.test
        clientConfig: {url: "https://127.0.0.1:%2$d/", caBundle: %3$s}
        namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
        rules:
        - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
        - {apiGroups: [batch], apiVersions: [v1], operations: [CREATE], resources: [jobs]}
        sideEffects: None
        admissionReviewVersions: [v1]
      """;

  private final HttpsServer server;
  private final ExecutorService threads;
  private final KubernetesClient client;
  private final MutatingWebhookConfiguration configuration;

  private MutatingWebhook(
      HttpsServer server,
      ExecutorService threads,
      KubernetesClient client,
      MutatingWebhookConfiguration configuration) {
    this.server = server;
    this.threads = threads;
    this.client = client;
    this.configuration = configuration;
  }

  /**
   * Starts it.
   *
   * @param folder for its certificate
   * @param change is given the training's name, and the spec of its Job or pod to change; a Job's
   *     has a template
   */
  public static MutatingWebhook start(
      ControlPlane controlPlane,
      String namespace,
      Path folder,
      BiConsumer<String, ObjectNode> change)
      throws IOException, GeneralSecurityException {
    SelfSigned certificate = SelfSigned.in(folder);
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    HttpsServer server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(new HttpsConfigurator(certificate.server()));
    server.createContext("/", exchange -> answer(exchange, change));
    ExecutorService threads = Executors.newCachedThreadPool();
    server.setExecutor(threads);
    server.start();
    String authority =
        Base64.getEncoder()
            .encodeToString(certificate.certificate().getBytes(StandardCharsets.UTF_8));
    var configuration =
        Serialization.unmarshal(
            CONFIGURATION.formatted(namespace, server.getAddress().getPort(), authority),
            MutatingWebhookConfiguration.class);
    KubernetesClient client = controlPlane.client();
    client.resource(configuration).create();
    return new MutatingWebhook(server, threads, client, configuration);
  }

  /** A container of that name, put before all others. */
  public static void containerFirst(ObjectNode podSpec, String name) {
    ArrayNode containers = podSpec.withArray("/containers");
    containers.insertObject(0).put("name", name).put("image", "example.test/" + name + ":1");
  }

  private static void answer(HttpExchange exchange, BiConsumer<String, ObjectNode> change)
      throws IOException {
    JsonNode request = JSON.readTree(exchange.getRequestBody()).get("request");
    JsonNode object = request.get("object");
    ObjectNode spec = object.get("spec").deepCopy();
    change.accept(
        object.at("/metadata/annotations").path("fusion.training/training").asText(), spec);
    ObjectNode review =
        JSON.createObjectNode()
            .put("apiVersion", "admission.k8s.io/v1")
            .put("kind", "AdmissionReview");
    ObjectNode response =
        review
            .putObject("response")
            .put("uid", request.get("uid").asText())
            .put("allowed", true)
            .put("patchType", "JSONPatch");
    ArrayNode patch = JSON.createArrayNode();
    patch.addObject().put("op", "replace").put("path", "/spec").set("value", spec);
    response.put("patch", JSON.writeValueAsBytes(patch));
    byte[] answer = JSON.writeValueAsBytes(review);
    exchange.getResponseHeaders().add("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, answer.length);
    try (var body = exchange.getResponseBody()) {
      body.write(answer);
    }
  }

  @Override
  public void close() {
    client.resource(configuration).delete();
    server.stop(0);
    threads.shutdownNow();
  }
}
