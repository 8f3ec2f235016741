package training.fusion.trainer.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.RunLock;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.process.Watchdog;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.train.Settings;

@Tag("libtorch")
@DisplayName("A run that can't be opened")
class SessionOpeningTest {
  private static final String CONFIGURATION =
      """
      {"contractVersion": 1, "name": "a/b", "runKey": "k", "gpuCount": 0,
       "model": {"architecture": "EfficientNetV2-S"},
       "dataset": {"format": "ImageFolder", "source": {},
                   "split": {"validation": 0.2, "test": 0.2}},
       "optimization": {"single": {"optimizer": {"type": "SGD", "learningRate": 0.1}}},
       "training": {"imageSize": 32, "batchSize": 4, "epochs": 1}}
      """;

  @Test
  @DisplayName("leaves nothing open of what its first lines have opened when a later one fails")
  void closes(@TempDir Path data, @TempDir Path run) throws IOException {
    PictureCopies.write(data.resolve("a"), 20);
    PictureCopies.write(data.resolve("b"), 20);
    // what is written long after the learner was made and the poster has started
    Files.createDirectories(run.resolve(ConfigurationFile.FILE).resolve("in-the-way"));
    Set<Thread> before = posters();

    try (RunLock lock = RunLock.take(run, "pod")) {
      SessionOpening opening =
          new SessionOpening(
              Settings.of(new ObjectMapper().readValue(CONFIGURATION, RunConfiguration.class)),
              place(data, run),
              lock,
              new StopSignal(),
              Watchdog.asleep(),
              new RunOptions(false, false, null, null));
      assertThatThrownBy(opening::open)
          .isInstanceOf(TrainingFailure.class)
          .hasMessageContaining(ConfigurationFile.FILE);
    }
    assertThat(posters()).isSubsetOf(before);
  }

  private static Set<Thread> posters() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals("progress"))
        .collect(Collectors.toSet());
  }

  /** Nobody listens where it reports to: whoever posts there is refused at once. */
  private static RunFolders place(Path data, Path run) throws IOException {
    int port;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    return new RunFolders(
        data,
        null,
        run,
        run.resolve("cache"),
        null,
        null,
        URI.create("http://127.0.0.1:%d/v1/progress".formatted(port)),
        null,
        null,
        "pod");
  }
}
