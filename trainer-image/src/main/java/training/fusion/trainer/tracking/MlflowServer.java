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
import java.nio.file.Path;
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
  private static final String ARTIFACTS = "/api/2.0/mlflow-artifacts/artifacts";

  /** For a file of any size: who sends it does not wait for long, see {@link MlflowTracker}. */
  private static final Duration LONGEST_FILE = Duration.ofMinutes(10);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String address;
  private final String artifacts;
  private final @Nullable String authorization;
  private final Exchange exchange;
  private final Exchange sending;

  /**
   * @param trackingUri address below which the API lies; may hold a user and password
   * @throws TrainingFailure if that is no address, or a credential can't be sent
   */
  MlflowServer(String trackingUri, Map<String, String> environment) {
    URI uri = address(trackingUri);
    String server = uri.toString().replaceAll("/+$", "");
    address = server + API;
    artifacts = server + ARTIFACTS;
    authorization = MlflowCredentials.authorization(environment, userInfo(trackingUri));
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .proxy(EnvironmentProxies.of(environment))
            .connectTimeout(LONGEST)
            .build();
    exchange = new Exchange(client, LONGEST, MOST);
    sending = new Exchange(client, LONGEST_FILE, MOST);
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
    return send(exchange, request(address + path + "?" + query).GET(), API);
  }

  /** Sends a body that becomes a JSON object. */
  JsonNode post(String path, Object body) throws IOException, InterruptedException {
    return send(
        exchange,
        request(address + path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body))),
        API);
  }

  /**
   * Sends a file to the artifacts that the server keeps for its clients.
   *
   * @param path below the root of all artifacts, as it stands in an address
   */
  void putArtifact(String path, Path file) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        request(artifacts + "/" + path)
            .header("Content-Type", "application/octet-stream")
            .PUT(HttpRequest.BodyPublishers.ofFile(file));
    answer(sending, request, ARTIFACTS); // empty, or an empty object
  }

  /** The files of a folder of artifacts, and what is said of each. */
  JsonNode artifacts(String path) throws IOException, InterruptedException {
    String query = "?path=" + URLEncoder.encode(path, StandardCharsets.UTF_8);
    return send(exchange, request(artifacts + query).GET(), ARTIFACTS).path("files");
  }

  private HttpRequest.Builder request(String uri) {
    var request = HttpRequest.newBuilder(URI.create(uri));
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return request;
  }

  private static String answer(Exchange by, HttpRequest.Builder request, String api)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> response = by.send(request.build());
    String body = new String(response.body(), StandardCharsets.UTF_8);
    if (response.statusCode() != 200) {
      throw MlflowRefusal.of(response, api, body);
    }
    return body;
  }

  private static JsonNode send(Exchange by, HttpRequest.Builder request, String api)
      throws IOException, InterruptedException {
    JsonNode answer = MlflowRefusal.json(answer(by, request, api));
    if (!answer.isObject()) {
      throw new IOException("what answers there is no MLflow server: it sends no JSON");
    }
    return answer;
  }
}
