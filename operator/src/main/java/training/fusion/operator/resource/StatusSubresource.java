package training.fusion.operator.resource;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;
import training.fusion.operator.leadership.LeaderOnly;

/**
 * Writes to {@code status} by merge patches that name the resource version they were made for. One
 * request each: the client's own {@code patch} would read the resource before.
 */
@Singleton
public class StatusSubresource {
  private static final long SECONDS = 30;
  private static final int UNPROCESSABLE = 422;

  private final KubernetesClient client;
  private final UnaryOperator<HttpClient> written;

  /** A writer that uses this client's connection and credentials, and writes while it leads. */
  @Inject
  public StatusSubresource(KubernetesClient client) {
    this(client, UnaryOperator.identity());
  }

  private StatusSubresource(KubernetesClient client, UnaryOperator<HttpClient> written) {
    this.client = client;
    this.written = written;
  }

  /** The same for what each replica may write. */
  public StatusSubresource ofAnyReplica() {
    return new StatusSubresource(client, LeaderOnly::anyReplica);
  }

  /**
   * Patches the status of exactly this version of a resource.
   *
   * @return the resource as it is now
   * @throws KubernetesClientException with code 409 when it has changed meanwhile
   */
  @SuppressWarnings("unchecked") // an answer is of the kind that was asked
  public <T extends HasMetadata> T patch(T resource, ObjectNode status) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    patch.putObject("metadata").put("resourceVersion", resource.getMetadata().getResourceVersion());
    patch.set("status", status);
    HttpClient http = written.apply(client.getHttpClient());
    HttpResponse<String> response =
        await(
            http.sendAsync(
                http.newHttpRequestBuilder()
                    .uri(address(resource))
                    .patch("application/merge-patch+json", patch.toString())
                    .build(),
                String.class));
    if (!response.isSuccessful()) {
      throw new KubernetesClientException(
          "status of %s not written: %s"
              .formatted(resource.getMetadata().getName(), words(response)),
          response.code(),
          null);
    }
    return (T) client.getKubernetesSerialization().unmarshal(response.body(), resource.getClass());
  }

  /** Whether a patch failed because the resource had changed. */
  public static boolean isConflict(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  /** Whether a patch failed because the API server does not take it, now or ever. */
  public static boolean isRefused(KubernetesClientException e) {
    return e.getCode() == UNPROCESSABLE || e.getCode() == HttpURLConnection.HTTP_BAD_REQUEST;
  }

  /** A condition's message in a status that lacks what the API server has refused. */
  public static String incomplete(String message, KubernetesClientException refusal) {
    return "%s; the rest of the status is missing (%s); the definitions and the operator must be of one version"
        .formatted(message, refusal.getMessage());
  }

  /** Whether a patch failed because the resource is there no more. */
  public static boolean isGone(KubernetesClientException e) {
    return e.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }

  /** What the API server said; its HTTP status where it said nothing. */
  private static String words(HttpResponse<String> response) {
    try {
      String body = Objects.requireNonNullElse(response.body(), "{}");
      String said = Serialization.jsonMapper().readTree(body).path("message").asText();
      return said.isEmpty() ? response.message() : said;
    } catch (JsonProcessingException e) {
      return response.message(); // a proxy's page, say
    }
  }

  private String address(HasMetadata resource) {
    return client.getMasterUrl()
        + "apis/"
        + resource.getApiVersion()
        + "/namespaces/"
        + resource.getMetadata().getNamespace()
        + "/"
        + resource.getPlural()
        + "/"
        + resource.getMetadata().getName()
        + "/status";
  }

  private static <T> T await(java.util.concurrent.Future<T> response) {
    try {
      return response.get(SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KubernetesClientException("interrupted while writing a status", e);
    } catch (ExecutionException e) {
      throw new KubernetesClientException("status not written: " + e.getCause(), e.getCause());
    } catch (TimeoutException e) {
      throw new KubernetesClientException("status not written within " + SECONDS + " s", e);
    }
  }
}
