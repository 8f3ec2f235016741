package training.fusion.e2e.overview;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.SimulatedFigures;

/** What the page is told; how it looks in a browser is {@link OverviewPageTest}. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("The overview")
@Timeout(value = 5, unit = TimeUnit.MINUTES) // a stream that says nothing would be waited for
class OverviewTest extends OverviewFixture {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();

  OverviewTest(ControlPlane controlPlane) {
    super(controlPlane, "overview");
  }

  @BeforeAll
  void isServed() {
    operator.awaitReady();
  }

  @Test
  @DisplayName("tells of a training while it goes on, from its creation to its deletion")
  void live() throws Exception {
    trainings.create("vision-before", "100ms");
    trainings.ended("vision-before");
    try (var events = new EventStream(page("events"))) {
      var before = events.until(known -> known.containsKey("vision-before"));
      assertThat(before.get("vision-before").path("state").asText()).isEqualTo("Succeeded");

      trainings.create("vision-live", "2s");
      events.until(known -> state(known.get("vision-live")).equals("Running"));
      var after = events.until(known -> state(known.get("vision-live")).equals("Succeeded"));
      assertThat(after.get("vision-live").at("/metrics/accuracy").asDouble())
          .isEqualTo(new SimulatedFigures("vision-live").test().accuracy());
      assertThat(after.get("vision-live").path("optimizer").asText()).contains("Adam");

      trainings.delete("vision-live");
      assertThat(events.until(known -> !known.containsKey("vision-live")))
          .containsKey("vision-before");
    }
  }

  private static String state(JsonNode row) {
    return row == null ? "" : row.path("state").asText();
  }

  @Test
  @DisplayName("says why a training waits")
  void why() throws Exception {
    trainings.create(
        "vision-waits",
        "100ms",
        spec -> spec.withObject("/pod/resources/limits").put("memory", "900Ti"));
    try (var events = new EventStream(page("events"))) {
      var known =
          events.until(
              rows ->
                  rows.containsKey("vision-waits")
                      && rows.get("vision-waits").path("why").asText().contains("memory"));
      assertThat(state(known.get("vision-waits"))).isEqualTo("Pending");
    }
    trainings.delete("vision-waits");
  }

  @Test
  @DisplayName("has a training's history, conditions, events, and YAML that a cluster takes again")
  void details(@TempDir Path folder) throws Exception {
    trainings.create("vision-details", "100ms");
    trainings.ended("vision-details");

    JsonNode details =
        eventually(
            () -> json("trainings/" + trainings.namespace + "/vision-details"),
            it -> it.path("events").toString().contains("Succeeded"));

    assertThat(details.path("history")).hasSize(3);
    assertThat(details.at("/row/metrics/split").asText()).isEqualTo("Test");
    assertThat(details.path("conditions").toString()).contains("\"Complete\"");
    assertThat(details.path("events").toString()).contains("JobCreated", "Succeeded");
    Path again = folder.resolve("again.yaml");
    Files.writeString(
        again, details.path("yaml").asText().replace("vision-details", "vision-again"));
    assertThat(
            controlPlane.kubectl(null, "create", "--dry-run=server", "-f", again.toString()).text())
        .contains("vision-again created");
  }

  @Test
  @DisplayName("has a sweep's groups and report")
  void sweep() throws Exception {
    sweeps.create("matrix", 8, 1, "100ms");
    sweeps.status("matrix", seen -> seen.state() == FusionSweepStatus.State.SUCCEEDED);
    String place = "sweeps/" + trainings.namespace + "/matrix";

    JsonNode details = eventually(() -> json(place), it -> it.at("/row/report").asBoolean());

    assertThat(details.path("groups")).hasSize(8);
    assertThat(details.at("/row/trials/succeeded").asInt()).isEqualTo(8);
    HttpResponse<String> report = get(place + "/report");
    assertThat(report.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
    assertThat(report.body()).contains("matrix", "Accuracy against the boundary");
  }

  @Test
  @DisplayName("is not there for what is not there")
  void absent() throws Exception {
    assertThat(get("trainings/" + trainings.namespace + "/nobody").statusCode()).isEqualTo(404);
    assertThat(get("sweeps/" + trainings.namespace + "/nobody/report").statusCode()).isEqualTo(404);
  }

  @Test
  @DisplayName("changes nothing: it is only read")
  void readOnly() throws Exception {
    var post = HttpRequest.newBuilder(page("")).POST(BodyPublishers.ofString("{}")).build();
    assertThat(http.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
  }

  private JsonNode json(String path) {
    try {
      return JSON.readTree(get(path).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(page(path)).timeout(Duration.ofMinutes(1)).build(),
        BodyHandlers.ofString());
  }
}
