package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.Architecture;
import training.fusion.api.Training.Precision;

/**
 * What a step needs for each picture: by hand, with {@code -Dcampaign.pictures=6}. In a process of
 * its own for each network and size, the most memory that it held during a step of so many
 * pictures, less that of a step of two: parameters and gradients are in both. Linux only.
 */
@Tag("libtorch")
@Tag("process")
@EnabledIfSystemProperty(named = "campaign.pictures", matches = "[0-9]+")
class PictureMemoryCampaign {
  private static final int FEW = 2;
  private static final int MANY = Integer.getInteger("campaign.pictures", 6);

  static Stream<NetworkGolden> sizes() {
    String only = System.getProperty("campaign.architecture", "");
    return Stream.of(Architecture.values())
        .filter(row -> row.toString().contains(only))
        .flatMap(row -> Stream.of(128, 224).map(pixels -> new NetworkGolden(row, pixels)));
  }

  @ParameterizedTest
  @MethodSource("sizes")
  void bytesOfAPicture(NetworkGolden network) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx3g",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                network.architecture().name(),
                Integer.toString(network.pixels()),
                Integer.toString(MANY))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    System.out.print(said);
  }

  /** One network at one size. */
  static final class Child {
    private Child() {}

    public static void main(String[] words) throws IOException {
      var golden = new NetworkGolden(Architecture.valueOf(words[0]), Integer.parseInt(words[1]));
      int many = Integer.parseInt(words[2]);
      NetworkSettings settings = golden.settings(Precision.FP32);
      var table = ArchitectureTable.of(golden.architecture(), Golden.CLASSES, golden.pixels());
      try (Network network =
          Network.create(Libtorch.start(0, 2), settings, TrainableBlocks.all(table), 0)) {
        long few = step(network, FEW);
        double each = (step(network, many) - few) / (double) (many - FEW);
        System.out.printf(
            Locale.ROOT,
            "%s: %.1f MiB a picture, estimated %.1f%n",
            golden,
            each / (1 << 20),
            MemoryEstimate.of(settings).perImage() / (double) (1 << 20));
      }
    }

    /** The most that the process held during a step. */
    private static long step(Network network, int pictures) throws IOException {
      int pixels = network.settings().imageSize();
      Files.writeString(Path.of("/proc/self/clear_refs"), "5"); // forgets the peak so far
      try (NDManager scope = network.manager().newSubManager()) {
        NDArray images = scope.zeros(new Shape(pictures, pixels, pixels, 3), DataType.UINT8);
        NDArray labels = scope.zeros(new Shape(pictures), DataType.INT64);
        network.trainStep(images, labels, 0, 0).close();
      }
      try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
        return lines
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
                .findFirst()
                .orElseThrow()
            * 1024;
      }
    }
  }
}
