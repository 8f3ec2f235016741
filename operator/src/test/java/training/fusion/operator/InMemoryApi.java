package training.fusion.operator;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.crud.AttributeSet;
import io.fabric8.mockwebserver.dsl.HttpMethod;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * fabric8's CRUD server: objects, watches, conflicts. Jobs and pods do nothing by themselves, a
 * test plays Job controller and kubelet.
 */
public final class InMemoryApi implements AutoCloseable {
  /** The CRD as far as the server needs it. */
  private static final String DEFINITION =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: fusiontrainings.fusion.training}
      spec:
        group: fusion.training
        scope: Namespaced
        names: {kind: FusionTraining, plural: fusiontrainings, singular: fusiontraining}
        versions: [{name: v1alpha1, served: true, storage: true, subresources: {status: {}}}]
      """;

  /** Held, so that its level is: it tells of every request. */
  private static final Logger CHATTER = Logger.getLogger(MockWebServer.class.getName());

  private final MockWebServer web = new MockWebServer();
  private final Dispatcher dispatcher = new Dispatcher();
  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(Serialization.jsonMapper()), web, new HashMap<>(), dispatcher, false);
  private final KubernetesClient client;

  public InMemoryApi() {
    CHATTER.setLevel(Level.WARNING);
    server.init(InetAddress.getLoopbackAddress(), 0);
    client = newClient();
    client.resource(Serialization.unmarshal(DEFINITION, CustomResourceDefinition.class)).create();
  }

  private static final class Dispatcher extends KubernetesCrudDispatcher {
    final Map<String, MockResponse> answers = new ConcurrentHashMap<>();
    final Queue<String> requests = new ConcurrentLinkedQueue<>();
    final Map<String, String> bodies = new ConcurrentHashMap<>();
    private @Nullable String created;

    Dispatcher() {
      super(List.of());
    }

    @Override
    public MockResponse dispatch(RecordedRequest request) {
      String what = request.method() + " " + request.getPath();
      requests.add(what);
      if (request.method() == HttpMethod.DELETE) { // others are read by the server, once
        bodies.put(what, request.getUtf8Body());
      }
      MockResponse answer = answers.get(what);
      return answer != null ? answer : super.dispatch(request);
    }

    @Override
    public synchronized MockResponse handleCreate(RecordedRequest request) {
      created = null;
      MockResponse response = super.handleCreate(request);
      return created == null ? response : json(response.code(), created);
    }

    // The server's own uids count from zero and are given twice.
    @Override
    public void processEvent(
        String path,
        AttributeSet pathAttributes,
        AttributeSet oldAttributes,
        GenericKubernetesResource resource,
        String newState) {
      if (resource != null && newState != null && oldAttributes == null) {
        resource.getMetadata().setUid(UUID.randomUUID().toString());
        created = Serialization.asJson(resource);
        super.processEvent(path, pathAttributes, null, resource, created);
      } else {
        super.processEvent(path, pathAttributes, oldAttributes, resource, newState);
      }
    }
  }

  public KubernetesClient client() {
    return client;
  }

  /** A connection of one's own, to be closed by the caller. */
  public KubernetesClient newClient() {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(url())
            .withNamespace("vision")
            .withRequestRetryBackoffLimit(0)
            .build();
    return new KubernetesClientBuilder().withConfig(config).build();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getPort() + "/";
  }

  /** Answers a request ({@code "GET /openid/v1/jwks"}) always so. */
  public void answer(String request, int code, String body) {
    dispatcher.answers.put(request, json(code, body));
  }

  /**
   * Refuses a request always, as an API server does.
   *
   * @param reason one word; none: empty
   * @param field what of the object is wrong, if the schema says so; otherwise empty
   */
  public void refuse(String request, int code, String reason, String message, String field) {
    var causes =
        field.isEmpty()
            ? List.<StatusCause>of()
            : List.of(new StatusCause(field, message, "FieldValueInvalid"));
    var status =
        new StatusBuilder()
            .withStatus("Failure")
            .withCode(code)
            .withReason(reason.isEmpty() ? null : reason)
            .withMessage(message)
            .withNewDetails()
            .withCauses(causes)
            .endDetails()
            .build();
    answer(request, code, Serialization.asJson(status));
  }

  private static MockResponse json(int code, String body) {
    return new MockResponse()
        .setResponseCode(code)
        .setHeader("Content-Type", "application/json")
        .setBody(body);
  }

  /** Method and path of every request so far. */
  public List<String> requests() {
    return List.copyOf(dispatcher.requests);
  }

  /** What the last such request had for a body, of those that delete. */
  public String body(String request) {
    return Objects.requireNonNull(dispatcher.bodies.get(request), request);
  }

  /** Answers nobody any more. */
  public void stop() {
    server.destroy();
  }

  @Override
  public void close() {
    client.close();
    stop();
  }
}
