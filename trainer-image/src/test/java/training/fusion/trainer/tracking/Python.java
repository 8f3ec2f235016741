package training.fusion.trainer.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The Python in FUSION_PYTHON, or python3: whatever other people's readers are installed there. */
public final class Python {
  public static final String COMMAND = System.getenv().getOrDefault("FUSION_PYTHON", "python3");

  private Python() {}

  /** Skips a test, and says so, where the Python has no such module. */
  public static void assumeHas(String module) throws InterruptedException {
    assumeTrue(
        has(module),
        "NOT TESTED with %s itself: %s does not have it; set FUSION_PYTHON"
            .formatted(module, COMMAND));
  }

  private static boolean has(String module) throws InterruptedException {
    try {
      return new ProcessBuilder(COMMAND, "-c", "import " + module)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** What a program prints that is given as text. */
  static String run(String program, String... arguments) throws Exception {
    return start(List.of("-c", program), arguments);
  }

  /** What a program of {@code src/test/python} prints. */
  static String runFile(String file, String... arguments) throws Exception {
    return start(List.of("src/test/python/" + file), arguments);
  }

  private static String start(List<String> program, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(COMMAND));
    command.addAll(program);
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return said;
  }
}
