package training.fusion.local.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("process")
@DisplayName("A program whose launcher is gone")
class ParentDeathWatchTest {
  private static final String LONG = "600";

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  /** A program that saves at its end, or is not done with that. */
  public static void main(String[] arguments) throws InterruptedException {
    Path saved = Path.of(arguments[0]);
    boolean ends = arguments[1].equals("ends");
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    Files.writeString(saved, "begun");
                    if (!ends) {
                      new CountDownLatch(1).await();
                    }
                    Files.writeString(saved, "saved");
                  } catch (IOException | InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                }));
    System.out.println("up");
    new CountDownLatch(1).await();
  }

  @Test
  @DisplayName("ends in good order, with all the time that its pod would have")
  void ends() throws Exception {
    assertThat(codeOf("ends", LONG)).isEqualTo(143);
    assertThat(folder.resolve("saved")).hasContent("saved");
  }

  @Test
  @DisplayName("is killed by a signal after that time, not taken apart under its threads")
  void isKilled() throws Exception {
    assertThat(codeOf("stays", "1")).isEqualTo(137);
    assertThat(folder.resolve("saved")).hasContent("begun");
  }

  private int codeOf(String how, String seconds) throws Exception {
    Process program =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                ParentDeathWatch.class.getName(),
                seconds,
                ParentDeathWatchTest.class.getName(),
                folder.resolve("saved").toString(),
                how)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(program.inputReader().readLine()).isEqualTo("up");
      program.getOutputStream().close(); // as the launcher's death does
      return program.waitFor();
    } finally {
      program.destroyForcibly();
    }
  }
}
