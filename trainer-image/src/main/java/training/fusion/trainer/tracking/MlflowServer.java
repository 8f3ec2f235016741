package training.fusion.trainer.tracking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/**
 * MLflow's REST API 2.0. Credentials are taken from the variables that MLflow's own clients read:
 * {@code MLFLOW_TRACKING_TOKEN}, or {@code MLFLOW_TRACKING_USERNAME} and {@code …_PASSWORD}.
 */
final class MlflowServer {
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String address;
  private final @Nullable String authorization;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NORMAL)
          .connectTimeout(LONGEST)
          .build();

  /** The server's answer that it will not do what was asked for. */
  static final class Refusal extends IOException {
    private static final long serialVersionUID = 1L;
    private final String code;

    private Refusal(int status, JsonNode answer) {
      super(
          "it answered %d %s"
              .formatted(status, answer.path("message").asText(answer.path("error_code").asText()))
              .strip());
      code = answer.path("error_code").asText();
    }

    /** Whether what was asked for is not there. */
    boolean isMissing() {
      return code.equals("RESOURCE_DOES_NOT_EXIST");
    }

    /** Whether what was to be made is there. */
    boolean isThere() {
      return code.equals("RESOURCE_ALREADY_EXISTS");
    }
  }

  /**
   * @param trackingUri address below which the API lies
   * @throws TrainingFailure if that is no address
   */
  MlflowServer(String trackingUri, Map<String, String> environment) {
    address = trackingUri.replaceAll("/+$", "") + "/api/2.0/mlflow/";
    authorization = authorization(environment);
    try {
      HttpRequest.newBuilder(URI.create(address));
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration(
          "spec.tracking.mlflow.trackingUri: %s is no address of a server, such as http://mlflow:5000"
              .formatted(trackingUri));
    }
  }

  private static @Nullable String authorization(Map<String, String> environment) {
    String token = environment.get("MLFLOW_TRACKING_TOKEN");
    String user = environment.get("MLFLOW_TRACKING_USERNAME");
    String password = environment.get("MLFLOW_TRACKING_PASSWORD");
    if (token != null) {
      return "Bearer " + token;
    }
    return user == null || password == null
        ? null
        : "Basic "
            + Base64.getEncoder()
                .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  /** Asks for something, by one field. */
  JsonNode get(String path, String field, String value) throws IOException, InterruptedException {
    String query = field + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
    return send(request(path + "?" + query).GET());
  }

  /** Sends a body that becomes a JSON object. */
  JsonNode post(String path, Object body) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))));
  }

  private HttpRequest.Builder request(String path) {
    var request = HttpRequest.newBuilder(URI.create(address + path)).timeout(LONGEST);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return request;
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    JsonNode answer = json(response.body());
    if (response.statusCode() != 200) {
      throw new Refusal(response.statusCode(), answer);
    }
    return answer;
  }

  private static JsonNode json(String body) throws IOException {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) { // a proxy's page, say
      return JSON.createObjectNode();
    }
  }
}
