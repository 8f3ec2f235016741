package training.fusion.operator.overview;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.informer.StoreChanges;
import training.fusion.operator.watch.SweepInformer;
import training.fusion.operator.watch.TrainingInformers;

/** Requests as bytes on a connection; what is told of trainings is e2e's to try. */
@DisplayName("The overview")
class OverviewServerTest {
  private final InMemoryApi api = new InMemoryApi();
  private final Vertx vertx = Vertx.vertx();
  private final Viewers viewers;
  private final OverviewServer overview;

  OverviewServerTest() {
    var trainings = new TrainingInformers(InstantSource.system());
    var sweeps = new SweepInformer();
    viewers = new Viewers(trainings, sweeps, new StoreChanges());
    overview = new OverviewServer(vertx, viewers, new Details(trainings, sweeps, api.client()));
  }

  @AfterEach
  void close() {
    viewers.end();
    vertx.close().toCompletionStage().toCompletableFuture().join();
    api.close();
  }

  @ParameterizedTest(name = "{0} {1} asked of {2}: {3}")
  @CsvSource({
    "GET, /, localhost, 200",
    "GET, /, 127.0.0.1, 200",
    "GET, /, [::1], 200",
    "GET, /, attacker.example, 403",
    "GET, /events, attacker.example, 403",
    "GET, /, localhost.attacker.example, 403",
    "POST, /, localhost, 405",
    "PUT, /trainings/vision/one, localhost, 405",
    "DELETE, /trainings/vision/one, localhost, 405",
    "OPTIONS, /, localhost, 405",
    "GET, /nothing, localhost, 404",
    "GET, /sweeps/vision/nobody/report, localhost, 404",
  })
  @DisplayName("is read, by the loopback interface's own names, and by no others")
  void answers(String method, String path, String host, int code) throws IOException {
    assertThat(ask(null, method, path, host)).startsWith("HTTP/1.1 " + code + " ");
  }

  @ParameterizedTest(name = "{0}")
  @ValueSource(strings = {"/", "/events", "/trainings/vision/one", "/another/", "/secretary/"})
  @DisplayName("with a secret is nowhere but below it")
  void secret(String path) throws IOException {
    assertThat(ask("secret", "GET", path, "localhost")).startsWith("HTTP/1.1 404 ");
  }

  @Test
  @DisplayName("with a secret is below it")
  void belowTheSecret() throws IOException {
    assertThat(ask("secret", "GET", "/secret/", "localhost"))
        .startsWith("HTTP/1.1 200 ")
        .contains("Cache-Control: no-store", "<title>Trainings · Fusion Training</title>");
  }

  private String ask(@Nullable String secret, String method, String path, String host)
      throws IOException {
    HttpServer server = overview.serve(0, secret).toCompletionStage().toCompletableFuture().join();
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      String head =
          "%s %s HTTP/1.1\r\nHost: %s:8090\r\nConnection: close\r\n\r\n"
              .formatted(method, path, host);
      socket.getOutputStream().write(head.getBytes(ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), UTF_8);
    }
  }
}
