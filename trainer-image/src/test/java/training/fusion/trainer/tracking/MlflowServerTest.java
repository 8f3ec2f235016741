package training.fusion.trainer.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;

/** Answers of real servers, as they came: MLflow 3.6's, and of what stands before some. */
@DisplayName("An MLflow server")
class MlflowServerTest {
  private static final String PATH = "experiments/get-by-name";

  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final HttpServer server;
  private volatile int status = 200;
  private volatile String location = "";
  private volatile String body = "{}";

  MlflowServerTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    asked.add(exchange.getRequestURI().toString());
    authorizations.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
    if (!location.isEmpty()) {
      exchange.getResponseHeaders().set("Location", location);
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    if (bytes.length > 0) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  @ParameterizedTest(name = "{0} to {1}")
  @DisplayName("that redirects is told so, and nobody else gets the token")
  @CsvSource({
    "301, https://mlflow.example/api/2.0/mlflow/experiments/get-by-name?a=KEY, https://mlflow.example",
    "302, https://login.example/oauth?client=KEY, https://login.example/oauth",
    "303, //other.example/x, http://other.example/x",
    "307, https://user:KEY@other.example/x, https://other.example/x",
    "308, /elsewhere/api/2.0/mlflow/x, http://HERE/elsewhere"
  })
  void redirect(int redirect, String to, String told) {
    status = redirect;
    location = to;
    body = "";
    assertThat(refusal(Map.of("MLFLOW_TRACKING_TOKEN", "s3cret")))
        .isEqualTo(
            "it redirects to %s; name that address"
                .formatted(told.replace("HERE", address().substring("http://".length()))));
    assertThat(authorizations).containsExactly("Bearer s3cret");
  }

  @Test
  @DisplayName("that refuses its own name is told in its words, with the option that allows it")
  void allowedHosts() {
    status = 403;
    body = "Invalid Host header - possible DNS rebinding attack detected";
    assertThat(refusal(Map.of()))
        .startsWith("it answered 403 Invalid Host header - possible DNS rebinding attack detected;")
        .contains(
            "--allowed-hosts \"%s,localhost:*\""
                .formatted(address().substring("http://".length())));
  }

  @Test
  @DisplayName("whose experiment is deleted is told the experiment's name, and how to restore it")
  void deleted() {
    body =
        "{\"experiment\": {\"experiment_id\": \"17\", \"name\": \"vision\", \"lifecycle_stage\": \"deleted\"}}";
    assertThatThrownBy(() -> MlflowRun.experimentId(server(Map.of()), "vision"))
        .hasMessage(
            "its experiment vision is deleted; restore it (mlflow experiments restore -x 17), or name another in tracking.mlflow.experiment");
  }

  @Test
  @DisplayName("that answers with a page, or many lines, is told in one line")
  void oneLine() {
    status = 502;
    body = "<html><h1>Bad gateway</h1></html>";
    assertThat(refusal(Map.of())).isEqualTo("it answered 502");
    status = 400;
    body = "{\"error_code\": \"X\", \"message\": \"exists\\n[SQL: INSERT]\\nforged line\"}";
    assertThat(refusal(Map.of())).isEqualTo("it answered 400 exists");
    body = "{\"message\": \"%s\"}".formatted("x".repeat(100_000));
    assertThat(refusal(Map.of())).hasSizeLessThan(400);
    status = 200;
    body = "<html>please log in</html>";
    assertThat(refusal(Map.of()))
        .isEqualTo("what answers there is no MLflow server: it sends no JSON");
  }

  @ParameterizedTest
  @DisplayName("gets a token without the line break at its end")
  @ValueSource(strings = {"s3cret\n", "s3cret\r\n", " s3cret "})
  void token(String kept) throws Exception {
    server(Map.of("MLFLOW_TRACKING_TOKEN", kept)).get(PATH, "a", "b");
    assertThat(authorizations).containsExactly("Bearer s3cret");
  }

  @Test
  @DisplayName("gets user and password from the variables, or from its address, in a header alone")
  void password() throws Exception {
    String basic =
        "Basic "
            + Base64.getEncoder().encodeToString("me:pass word".getBytes(StandardCharsets.UTF_8));
    server(Map.of("MLFLOW_TRACKING_USERNAME", "me\n", "MLFLOW_TRACKING_PASSWORD", "pass word\n"))
        .get(PATH, "a", "b");
    new MlflowServer(address().replace("http://", "http://me:pass%20word@"), Map.of())
        .get(PATH, "a", "b");
    assertThat(authorizations).containsExactly(basic, basic);
  }

  @Test
  @DisplayName("is refused by its field, without what may be a key, where it is no address")
  void noAddress() {
    assertThatThrownBy(() -> new MlflowServer("http://me:KEY@ml flow?KEY", Map.of()))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("spec.tracking.mlflow.trackingUri: http://ml flow is no address")
        .message()
        .doesNotContain("KEY");
    assertThatThrownBy(() -> new MlflowServer("http://me:KEY%@mlflow", Map.of()))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("spec.tracking.mlflow.trackingUri: user or password")
        .message()
        .doesNotContain("KEY");
  }

  @Test
  @DisplayName("is told no key that an address of the configuration holds")
  void parameters() throws IOException {
    RunConfiguration run =
        new ObjectMapper()
            .readValue(
                """
                {"contractVersion": 1, "name": "a/b", "runKey": "k", "gpuCount": 0,
                 "model": {"architecture": "EfficientNetV2-S", "pretrained": {"source": {"s3":
                   {"uri": "s3://bucket/x", "endpoint": "https://me:KEY@s3.example:9000"}}}},
                 "dataset": {"format": "IDX", "source": {"https":
                   {"url": "https://data.example/a.tgz?X-Amz-Signature=KEY", "sha256": "0"}}},
                 "optimization": {"single": {"optimizer": {"type": "SGD"}}}, "training": {}}""",
                RunConfiguration.class);
    assertThat(MlflowFigures.parameters(run).toString())
        .contains("https://s3.example:9000", "https://data.example/a.tgz", "s3://bucket/x")
        .doesNotContain("KEY");
  }

  @Test
  @DisplayName("whose name nobody knows is told so")
  void unknownHost() {
    var nowhere = new MlflowServer("http://mlflow.invalid:5000", Map.of());
    assertThatThrownBy(() -> nowhere.get(PATH, "a", "b"))
        .satisfies(
            e ->
                assertThat(InWords.of((Exception) e))
                    .isEqualTo("no server of that name is known; is it spelled rightly?"));
  }

  @Test
  @DisplayName("is asked by way of the proxy that the environment names")
  void proxy() throws Exception {
    body = "{\"experiment\": {\"experiment_id\": \"7\"}}";
    var server = new MlflowServer("http://mlflow.example:5000", Map.of("http_proxy", address()));

    assertThat(server.get(PATH, "experiment_name", "a").toString()).contains("7");
    assertThat(asked)
        .containsExactly(
            "http://mlflow.example:5000/api/2.0/mlflow/experiments/get-by-name?experiment_name=a");
  }

  private String address() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private MlflowServer server(Map<String, String> environment) {
    return new MlflowServer(address() + "/", environment);
  }

  private String refusal(Map<String, String> environment) {
    try {
      server(environment).get(PATH, "experiment_name", "vision");
      throw new AssertionError("not refused");
    } catch (IOException | InterruptedException e) {
      return InWords.of(e);
    }
  }
}
