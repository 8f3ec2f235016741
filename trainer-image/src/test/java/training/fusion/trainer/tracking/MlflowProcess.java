package training.fusion.trainer.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A real MLflow server on this machine, whose runs and artifacts lie in a folder. */
final class MlflowProcess implements AutoCloseable {
  private static final Duration DEADLINE = Duration.ofMinutes(2);

  private final Process process;
  private final String address;

  private MlflowProcess(Process process, String address) {
    this.process = process;
    this.address = address;
  }

  /** Starts one and waits until it answers. */
  static MlflowProcess start(Path folder) throws Exception {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    File log = folder.resolve("log").toFile();
    Process process =
        new ProcessBuilder(
                Python.COMMAND,
                "-m",
                "mlflow",
                "server",
                "--host=127.0.0.1",
                "--port=" + port,
                "--workers=1",
                "--backend-store-uri=sqlite:///" + folder.resolve("runs.db"),
                "--artifacts-destination=" + folder.resolve("artifacts"))
            .redirectErrorStream(true)
            .redirectOutput(log)
            .start();
    var server = new MlflowProcess(process, "http://127.0.0.1:" + port);
    try {
      server.awaitAnswer(log.toPath());
      return server;
    } catch (Exception | AssertionError e) {
      server.close();
      throw e;
    }
  }

  private void awaitAnswer(Path log) throws Exception {
    var client = HttpClient.newHttpClient();
    var request = HttpRequest.newBuilder(URI.create(address + "/health")).build();
    long end = System.nanoTime() + DEADLINE.toNanos();
    while (true) {
      try {
        client.send(request, HttpResponse.BodyHandlers.discarding());
        return;
      } catch (IOException e) {
        assertThat(process.isAlive() && System.nanoTime() < end)
            .as("mlflow does not start: %s", Files.readString(log))
            .isTrue();
        process.waitFor(100, TimeUnit.MILLISECONDS);
      }
    }
  }

  /** As a trackingUri. */
  String address() {
    return address;
  }

  /** What the server knows of a run. */
  JsonNode run(String id) throws Exception {
    return send(request("runs/get?run_id=" + id).GET()).get("run");
  }

  /** Deletes a run, as a person may in the user interface. */
  void delete(String id) throws Exception {
    send(
        request("runs/delete")
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"run_id\": \"%s\"}".formatted(id))));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(address + "/api/2.0/mlflow/" + path));
  }

  private static JsonNode send(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> response =
        HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return new ObjectMapper().readTree(response.body());
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroy); // gunicorn's workers
    process.destroy();
    process.onExit().join();
  }
}
