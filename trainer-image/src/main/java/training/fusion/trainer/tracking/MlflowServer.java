package training.fusion.trainer.tracking;

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
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.http.Address;
import training.fusion.trainer.http.Exchange;
import training.fusion.trainer.proxy.EnvironmentProxies;

/**
 * MLflow's REST API 2.0. Its credentials go to the address that was given and to no other: a
 * redirect is told and not followed.
 */
final class MlflowServer {
  private static final Duration LONGEST = Duration.ofSeconds(10);

  /** A run with all its parameters, tags and newest metrics has some hundred kilobytes. */
  private static final int MOST = 8 << 20;

  private static final String API = "/api/2.0/mlflow/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String address;
  private final @Nullable String authorization;
  private final Exchange exchange;

  /**
   * @param trackingUri address below which the API lies; may hold a user and password
   * @throws TrainingFailure if that is no address, or a credential can't be sent
   */
  MlflowServer(String trackingUri, Map<String, String> environment) {
    URI uri = address(trackingUri);
    address = uri.toString().replaceAll("/+$", "") + API;
    authorization = MlflowCredentials.authorization(environment, userInfo(trackingUri));
    exchange =
        new Exchange(
            HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .proxy(EnvironmentProxies.of(environment))
                .connectTimeout(LONGEST)
                .build(),
            LONGEST,
            MOST);
  }

  /** Without the user part, which is sent in a header. */
  private static URI address(String trackingUri) {
    try {
      URI uri = URI.create(Address.shown(trackingUri));
      HttpRequest.newBuilder(uri);
      return uri;
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration(
          "spec.tracking.mlflow.trackingUri: %s is no address of a server, such as http://mlflow.ml.svc:5000"
              .formatted(Address.shown(trackingUri)));
    }
  }

  private static @Nullable String userInfo(String trackingUri) {
    try {
      return URI.create(trackingUri).getUserInfo();
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration(
          "spec.tracking.mlflow.trackingUri: user or password have characters that an address must write as %40 and the like; better keep them out of it, in MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD");
    }
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
    var request = HttpRequest.newBuilder(URI.create(address + path));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return request;
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<byte[]> response = exchange.send(request.build());
    String body = new String(response.body(), StandardCharsets.UTF_8);
    if (response.statusCode() != 200) {
      throw MlflowRefusal.of(response, API, body);
    }
    JsonNode answer = MlflowRefusal.json(body);
    if (!answer.isObject()) {
      throw new IOException("what answers there is no MLflow server: it sends no JSON");
    }
    return answer;
  }
}
