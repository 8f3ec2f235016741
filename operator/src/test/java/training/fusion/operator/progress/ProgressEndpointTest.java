package training.fusion.operator.progress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.operator.Configured;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.resource.StatusSubresource;
import training.fusion.operator.watch.TrainingInformers;

/** Requests as bytes on a connection, the rest of which never comes. */
@DisplayName("A report")
class ProgressEndpointTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Issuer CLUSTER = new Issuer("key-1");
  private static final String TRUE =
      CLUSTER.sign(Issuer.claims(NOW, new PodIdentity("vision", "quickstart", "u-1")));
  private static final String JSON = "Content-Type: application/json\r\n";
  private static final String OURS = "Authorization: Bearer " + TRUE + "\r\n" + JSON;
  private static final String HALF = "Content-Length: 16000\r\n\r\n{";
  private static final String WHOLE = "Content-Length: 1\r\n\r\n{";

  /** As many as {@code BoundedTransport} lets be. */
  private static final int MOST_CONNECTIONS = 500;

  private final InMemoryApi api = new InMemoryApi();
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final HttpServer server = serve();
  private final List<Socket> open = new ArrayList<>();

  private HttpServer serve() {
    var clock = InstantSource.fixed(NOW);
    var keys = new SigningKeys(CLUSTER::document, Duration.ofSeconds(10), clock);
    var tokens = new TokenVerifier(keys, () -> Issuer.NAME, Issuer.AUDIENCE, clock);
    var intake =
        new ReportIntake(
            Configured.with(Map.of()),
            api.client(),
            new TrainingInformers(clock),
            new ProgressStatus(new StatusSubresource(api.client())),
            clock);
    Router router = Router.router(vertx);
    new ProgressEndpoint(tokens, intake, new SimpleMeterRegistry(), vertx, Duration.ofMillis(500))
        .register(router);
    return vertx
        .createHttpServer()
        .requestHandler(router)
        .listen(0, InetAddress.getLoopbackAddress().getHostAddress())
        .toCompletionStage()
        .toCompletableFuture()
        .join();
  }

  @AfterEach
  void close() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
    vertx.close().toCompletionStage().toCompletableFuture().join();
    api.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {HALF, "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n"})
  @DisplayName("with a token that proves nothing is answered before its body has come")
  void forged(String rest) throws IOException {
    assertThat(answer("Authorization: Bearer not.a.token\r\n" + JSON + rest)).contains(" 401 ");
  }

  @Test
  @DisplayName("that does not come to its end is given up, and so is one that is too long")
  void halfSent() throws IOException {
    assertThat(answer(OURS + HALF)).contains(" 408 ");
    String chunk = "1000\r\n" + " ".repeat(4096) + "\r\n";
    assertThat(answer(OURS + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(5)))
        .contains(" 413 ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer ", "bearer ", "BEARER ", "bearer   "})
  @DisplayName("is read whatever the case of its scheme")
  void scheme(String scheme) throws IOException {
    String answer = answer("Authorization: " + scheme + TRUE + "\r\n" + JSON + WHOLE);
    assertThat(answer).as("its body is no report").contains(" 400 ");
  }

  @ParameterizedTest
  @CsvSource({
    "401, Authorization: Bearer",
    "401, Authorization: Basic eA==",
    "401, Accept: */*",
    "403, Origin: http://page.example"
  })
  @DisplayName("without a token, or of a page, is refused")
  void strange(int code, String header) throws IOException {
    assertThat(answer(header + "\r\n" + JSON + WHOLE)).contains(" " + code + " ");
  }

  @Test
  @DisplayName("of another type is refused")
  void type() throws IOException {
    String ours = OURS.replace("application/json", "text/plain");
    assertThat(answer(ours + WHOLE)).contains(" 415 ");
  }

  @Test
  @DisplayName("waits for no others of its pod: the ninth that is on its way is one too many")
  void tooMany() throws IOException {
    List<Socket> begun = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      begun.add(begin(OURS + HALF));
    }
    List<String> answers = new ArrayList<>();
    for (Socket socket : begun) {
      answers.add(read(socket));
    }
    assertThat(answers).filteredOn(answer -> answer.contains(" 408 ")).hasSize(8);
    assertThat(answers).filteredOn(answer -> answer.contains(" 429 ")).hasSize(1);
    assertThat(answer(OURS + WHOLE)).as("one after them").contains(" 400 ");
  }

  @Test
  @DisplayName("gets through where too many connect and say nothing: the oldest of them are closed")
  void bounded() throws IOException {
    List<Socket> silent = new ArrayList<>();
    for (int i = 0; i < MOST_CONNECTIONS + 100; i++) {
      silent.add(connect());
    }

    assertThat(answer(OURS + WHOLE)).contains(" 400 ");

    for (Socket oldest : silent.subList(0, 100)) {
      assertThat(read(oldest)).as("of one that was closed").isEmpty();
    }
    Socket newest = silent.get(silent.size() - 1);
    send(newest, OURS + WHOLE);
    assertThat(read(newest)).as("of one that was not").contains(" 400 ");
  }

  private String answer(String headersAndBody) throws IOException {
    return read(begin(headersAndBody));
  }

  private Socket begin(String headersAndBody) throws IOException {
    Socket socket = connect();
    send(socket, headersAndBody);
    return socket;
  }

  private Socket connect() throws IOException {
    var socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort());
    socket.setSoTimeout(30_000);
    open.add(socket);
    return socket;
  }

  private static void send(Socket socket, String headersAndBody) throws IOException {
    String request = "POST /v1/progress HTTP/1.1\r\nHost: operator\r\n" + headersAndBody;
    socket.getOutputStream().write(request.getBytes(ISO_8859_1));
  }

  /** All that is said on it until it is closed, as it always is. */
  private static String read(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
  }
}
