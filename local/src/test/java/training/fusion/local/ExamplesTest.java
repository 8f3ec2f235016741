package training.fusion.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The command in each example's own heading, on a machine without a GPU, with data of the right
 * form and shortened by {@code --set}.
 */
@Tag("process")
@DisplayName("The command in the heading of")
class ExamplesTest {
  private static final Path ROOT = Repository.root();
  private static final List<String> SHORT =
      List.of("training.epochs=1", "training.imageSize=32", "training.batchSize=16");
  private static final String FEW = "dataset.limit={train: 48, validation: 10, test: 10}";

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  Path folder;

  @ParameterizedTest(name = "{0}")
  @DisplayName("example")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          01-quickstart.yaml         |
          02-sgd-to-adam.yaml        |
          03-single-optimizer.yaml   |
          04-cifar10.yaml            | training.schedule.warmupSteps=1
          05-vision-transformer.yaml | training.schedule.warmupSteps=1; model.architecture=DeiT-Ti-16; model.pretrained=null; training.precision=FP32
          06-image-folder.yaml       | training.schedule.warmupSteps=1
          08-webdataset.yaml         | training.schedule.warmupSteps=1; dataset.shards.train=imagenet-train-{000000..000001}.tar; dataset.shards.test=imagenet-val-000000.tar; dataset.split.validation=0.2
          09-own-pictures.yaml       | training.schedule.warmupSteps=1; model.pretrained=null
          10-sweep.yaml              | matrix.seeds=[1]; matrix.arms[0].optimizations[1]=null; matrix.arms[0].optimizations[0].single.optimizers[1]=null
          """)
  void works(String file, String settings) throws Exception {
    List<String> command = heading(file);
    assertThat(command.remove(0)).isEqualTo("run");
    Stream.concat(SHORT.stream(), Stream.of(FEW)).forEach(it -> add(command, it));
    if (settings != null) {
      Stream.of(settings.split("; ", -1)).forEach(it -> add(command, it));
      if (settings.contains("model.pretrained=null")) {
        withoutWeights(command); // torchvision's are not in the repository
      }
    }
    command.add("--output=" + folder.resolve("output"));
    Launcher launcher = Launcher.start(folder, command.toArray(String[]::new));
    assertThat(launcher.exitCode()).as(launcher.errors() + launcher.output()).isZero();
    String name = file.replaceAll("^\\d+-|\\.yaml$", "");
    boolean open = !Files.readString(ROOT.resolve("examples").resolve(file)).contains("gpu:");
    assertThat(launcher.output())
        .contains("Succeeded")
        .contains("file:///")
        .satisfies(
            said -> {
              if (open) {
                assertThat(said).containsOnlyOnce("pod.gpu.count is not set: the CPU computes");
              }
            });
    if (!file.startsWith("10")) {
      assertThat(folder.resolve("output").resolve(name))
          .isSymbolicLink()
          .isDirectoryContaining("glob:**/model.safetensors");
    }
  }

  @Test
  @DisplayName("the example that is checked and not run")
  void dryRun() throws Exception {
    List<String> command = heading("07-augmentation.yaml");
    var line =
        new ArrayList<>(new Installation(ROOT).trainerCommand(null, Duration.ZERO, command.get(0)));
    line.set(line.indexOf("-cp"), "-Dfusion.root=" + ROOT);
    line.add(line.indexOf("-Dfusion.root=" + ROOT) + 1, "-cp");
    line.addAll(command.subList(1, command.size()));
    File out = folder.resolve("out").toFile();
    Process process =
        new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(out).start();
    assertThat(process.waitFor()).as(Files.readString(out.toPath())).isZero();
    assertThat(out).content().contains("default/augmentation is valid");
  }

  /** A volume that nobody asks for would be refused. */
  private static void withoutWeights(List<String> command) {
    String volume =
        command.stream().filter(word -> word.startsWith("weights=")).findFirst().orElseThrow();
    command.remove(command.indexOf(volume) - 1);
    command.remove(volume);
  }

  private static void add(List<String> command, String setting) {
    command.addAll(List.of("--set", setting));
  }

  /** Words after {@code ./fusion}, with folders of data in place of FOLDER. */
  private List<String> heading(String file) throws IOException, InterruptedException {
    Path example = ROOT.resolve("examples").resolve(file);
    String command =
        Files.readAllLines(example).stream()
            .filter(line -> line.startsWith("# ./fusion "))
            .reduce((one, other) -> other)
            .orElseThrow(() -> new AssertionError(file + " has no command in its heading"));
    List<String> words = new ArrayList<>();
    for (String word : command.substring("# ./fusion ".length()).split(" ", -1)) {
      if (word.endsWith("=FOLDER")) {
        String claim = word.substring(0, word.length() - "=FOLDER".length());
        words.add(claim + "=" + data(claim));
      } else {
        words.add(word.startsWith("examples/") ? ROOT.resolve(word).toString() : word);
      }
    }
    return words;
  }

  private Path data(String claim) throws IOException, InterruptedException {
    Path data = Files.createDirectories(folder.resolve(claim));
    switch (claim) {
      case "cifar-10" -> cifar(data);
      case "pictures" -> pictures(data);
      case "imagenet" -> shards(data);
      case "weights" -> {}
      default -> throw new AssertionError("no data for " + claim);
    }
    return data;
  }

  /** The binary version: a label and 3,072 bytes, fifty times in each file. */
  private static void cifar(Path data) throws IOException {
    var random = new Random(1);
    for (String file :
        List.of(
            "data_batch_1",
            "data_batch_2",
            "data_batch_3",
            "data_batch_4",
            "data_batch_5",
            "test_batch")) {
      try (OutputStream out = Files.newOutputStream(data.resolve(file + ".bin"))) {
        byte[] pixels = new byte[3072];
        for (int i = 0; i < 50; i++) {
          random.nextBytes(pixels);
          out.write(i % 10);
          out.write(pixels);
        }
      }
    }
    Files.writeString(
        data.resolve("batches.meta.txt"),
        "airplane\nautomobile\nbird\ncat\ndeer\ndog\nfrog\nhorse\nship\ntruck\n");
  }

  private static void pictures(Path data) throws IOException {
    for (String name : List.of("cat", "dog")) {
      Path folder = Files.createDirectories(data.resolve(name));
      for (int i = 0; i < 50; i++) {
        picture(folder.resolve(i + ".png"), i);
      }
    }
  }

  private static void picture(Path file, int seed) throws IOException {
    var picture = new BufferedImage(40, 36, BufferedImage.TYPE_INT_RGB);
    var random = new Random(seed);
    for (int y = 0; y < 36; y++) {
      for (int x = 0; x < 40; x++) {
        picture.setRGB(x, y, random.nextInt(1 << 24));
      }
    }
    ImageIO.write(picture, "png", file.toFile());
  }

  private static void shards(Path data) throws IOException, InterruptedException {
    Files.writeString(data.resolve("classes.txt"), "cat\ndog\n");
    for (String shard : List.of("train-000000", "train-000001", "val-000000")) {
      Path members = Files.createDirectories(data.resolve("." + shard));
      List<String> tar =
          new ArrayList<>(
              List.of("tar", "-cf", data.resolve("imagenet-" + shard + ".tar").toString()));
      tar.addAll(List.of("-C", members.toString()));
      for (int i = 0; i < 50; i++) {
        picture(members.resolve(i + ".png"), i);
        Files.writeString(
            members.resolve(i + ".cls"), String.valueOf(i % 2), StandardCharsets.US_ASCII);
        tar.addAll(List.of(i + ".png", i + ".cls"));
      }
      assertThat(new ProcessBuilder(tar).inheritIO().start().waitFor()).isZero();
    }
  }
}
