package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

@Tag("libtorch")
@EnabledOnOs(OS.LINUX)
@DisplayName("While our threads wait for cores")
class BarriersTest {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  @BeforeAll
  static void loads() {
    Libtorch.start(0, CORES);
  }

  @Test
  @DisplayName("OpenMP has idle threads, until it has been quiet for two seconds")
  void idleThreads() throws IOException {
    var barriers = new Barriers(IdleThreads.openMp().orElseThrow(), CORES, "idle-of-test");
    barriers.saw(0.2);
    assertThat(idle()).isZero();
    barriers.saw(0.5);
    barriers.saw(0.5);
    await(2); // one beside the one that asks for it
    for (int period = 1; period < Barriers.PATIENCE; period++) {
      barriers.saw(0);
    }
    barriers.saw(0.2);
    barriers.saw(0);
    assertThat(idle()).as("not quiet for long enough").isEqualTo(2);
    for (int period = 1; period < Barriers.PATIENCE; period++) {
      barriers.saw(0);
    }
    await(0);
  }

  @Test
  @DisplayName("the same is computed, bit for bit")
  void sameBits() throws IOException {
    float[] quiet = gradients();
    try (var idle = IdleThreads.start("idle-in-step", IdleThreads.openMp().orElseThrow(), CORES)) {
      assertThat(gradients()).isEqualTo(quiet);
    }
  }

  private static float[] gradients() {
    try (Network network = Golden.PIXELS_32.network(Golden.PIXELS_32.all());
        NDArray images = Golden.PIXELS_32.images(network.manager());
        NDArray labels = Golden.PIXELS_32.labels(network.manager());
        Gradients gradients = network.trainStep(images, labels, 0, 1)) {
      return gradients.gradients().get(0).toFloatArray();
    }
  }

  private static void await(int threads) throws IOException {
    long patience = System.nanoTime() + 60_000_000_000L;
    while (idle() != threads && System.nanoTime() < patience) {
      Thread.onSpinWait();
    }
    assertThat(idle()).isEqualTo(threads);
  }

  /** OpenMP's threads have the name of the thread that asked for them. */
  private static int idle() throws IOException {
    int count = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path thread : threads) {
        count += name(thread).equals("idle-of-test") ? 1 : 0;
      }
    }
    return count;
  }

  private static String name(Path thread) {
    try {
      return Files.readString(thread.resolve("comm")).strip();
    } catch (IOException e) {
      return ""; // it has ended meanwhile
    }
  }
}
