package training.fusion.local.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.resource.FusionTraining;

@DisplayName("What goes wrong while a training goes on")
class FailureNewsTest {
  private static final String ONE =
      "{time: '2026-01-01T00:00:00Z', pod: a-1, reason: TemporaryIo, message: no server}";
  private static final String TWO =
      "{time: '2026-01-01T00:01:00Z', pod: a-2, reason: Killed, message: no memory}";

  @Test
  @DisplayName("is told once, without what was told before")
  void once() {
    var news = new FailureNews(List.of(training("Running", ONE)));
    assertThat(news.of(List.of(training("Running", ONE)))).isEmpty();
    assertThat(news.of(List.of(training("Running", ONE + ", " + TWO))))
        .containsExactly("a: its pod has failed (Killed), and is replaced: no memory");
    assertThat(news.of(List.of(training("Running", ONE + ", " + TWO)))).isEmpty();
  }

  @Test
  @DisplayName("is not told of one that has failed for good: its end is")
  void over() {
    assertThat(new FailureNews(List.of()).of(List.of(training("Failed", ONE)))).isEmpty();
  }

  @Test
  @DisplayName("is told in the trainers' own warnings, also where their logs are not asked for")
  void warnings(@TempDir Path logs) throws IOException {
    List<String> said = new ArrayList<>();
    var follower = new LogFollower(logs, LogFollower.WARNINGS, said::add);
    Files.writeString(
        logs.resolve("a-1.log"),
        """
        10:00:00 INFO began
        10:00:01 WARN https://x: refused; goes on in 2.0 s
        WARN of others
        """);
    follower.follow();
    assertThat(said).containsExactly("a-1 | 10:00:01 WARN https://x: refused; goes on in 2.0 s");
  }

  private static FusionTraining training(String state, String failures) {
    return Serialization.unmarshal(
        "metadata: {name: a}\nstatus: {state: %s, failures: [%s]}".formatted(state, failures),
        FusionTraining.class);
  }
}
