package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.local.Eventually.eventually;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
@DisplayName("A training's life on the embedded API")
class EmbeddedLifecycleTest extends LifecycleContract {
  private static final Pattern PORT = Pattern.compile("-Dquarkus\\.http\\.port=(\\d+)");

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  static Path folder;

  @SuppressWarnings("NullAway.Init") // set before all
  private EmbeddedCluster embedded;

  @Override
  protected Cluster start() throws IOException {
    embedded = EmbeddedCluster.start(folder);
    return embedded;
  }

  @Test
  @EnabledOnOs(OS.LINUX) // whose /proc shows what ps does
  @DisplayName("The API's secret is in no command line, no trainer's environment and no log")
  void secret() throws IOException {
    String secret = embedded.local().api().secret();
    embedded.client().resource(SampleTraining.of("watched", 200)).create();
    long trainer =
        eventually(
                "a trainer",
                () ->
                    embedded.processes().entrySet().stream()
                        .filter(pod -> pod.getKey().startsWith("watched-"))
                        .map(pod -> pod.getValue())
                        .findFirst(),
                Optional::isPresent)
            .orElseThrow();
    long operator = Objects.requireNonNull(embedded.local().operator().handle()).pid();
    assertThat(Files.readString(process(operator, "environ"))).contains(secret);
    assertThat(Files.readString(process(operator, "cmdline"))).doesNotContain(secret);
    assertThat(Files.readString(process(trainer, "cmdline"))).doesNotContain(secret);
    assertThat(Files.readString(process(trainer, "environ"))).doesNotContain(secret);
    assertThat(Files.readString(folder.resolve("output/operator.log"))).doesNotContain(secret);
    embedded.client().resource(SampleTraining.of("watched", 200)).delete();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  @DisplayName("A report with an Origin is a page's and refused, one without a token as well")
  void page() throws IOException, InterruptedException {
    long operator = Objects.requireNonNull(embedded.local().operator().handle()).pid();
    Matcher port = PORT.matcher(Files.readString(process(operator, "cmdline")));
    assertThat(port.find()).isTrue();
    HttpRequest.Builder report =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:%s/v1/progress".formatted(port.group(1))))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{}"));
    assertThat(eventually("an answer", () -> status(report.copy()), code -> code > 0))
        .isEqualTo(401);
    assertThat(status(report.copy().header("Origin", "https://page.example"))).isEqualTo(403);
    assertThat(status(report.copy().header("Origin", "null"))).isEqualTo(403);
    assertThat(status(report.copy().setHeader("Content-Type", "text/plain"))).isEqualTo(401);
  }

  /** 0 while nobody listens. */
  private static int status(HttpRequest.Builder request) {
    try {
      return HttpClient.newHttpClient()
          .send(request.build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    } catch (IOException e) {
      return 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 0;
    }
  }

  private static Path process(long id, String file) {
    return Path.of("/proc", String.valueOf(id), file);
  }
}
