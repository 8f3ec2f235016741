package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.StringTokenizer;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.format.IdxFiles;

/**
 * An error at the moment when a command first needs a certain class of the trainer. The suite tries
 * one error with each command; all with all: {@code mvn test -pl trainer-image -am
 * -Dtest=ErrorsTest -Dcampaign.errors=true}.
 */
@Tag("process")
@DisplayName("An error in a command")
class ErrorsTest {
  private static final boolean CAMPAIGN = Boolean.getBoolean("campaign.errors");

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: errors}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: %s
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1, seed: 0}
        optimization: {single: {optimizer: {type: SGD, learningRate: 1e-3}}}
        training: {epochs: 1, batchSize: 8, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  /** The errors, and what is to be said of each. */
  private enum Thrown {
    OUT_OF_MEMORY("Java's memory is used up ("),
    STACK_OVERFLOW("nested too deeply for Java's stack"),
    LINKAGE("a part of the program could not be loaded (some/Part)");

    private final String said;

    Thrown(String said) {
      this.said = said;
    }

    Error error() {
      return switch (this) {
        case OUT_OF_MEMORY -> new OutOfMemoryError("as in a test");
        case STACK_OVERFLOW -> new StackOverflowError();
        case LINKAGE -> new NoClassDefFoundError("some/Part");
      };
    }
  }

  /** Words of each command, and the class without which it cannot go on. */
  private static final List<List<String>> COMMANDS =
      List.of(
          List.of("format.IdxFile", "train", "idx.yaml", "--data=idx", "--output=out"),
          List.of("report.ConfigurationFile", "resume", "out"),
          List.of("train.TrainedModel", "evaluate", "out"),
          List.of("cli.PictureArguments", "predict", "out", "picture.png"),
          List.of("report.page.RunRecord", "report", "out"),
          List.of("model.Architectures", "blocks"),
          List.of("format.IdxFile", "dry-run", "idx.yaml", "--data=idx"),
          List.of("source.PackagedData", "data", "copy", "fashion-mnist", "copied"),
          List.of("picture.PngFile", "dry-run", "pictures.yaml", "--data=pictures", "--decode"),
          List.of("report.Software", "version"),
          List.of("picture.PngFile", "train", "pictures.yaml", "--data=pictures", "--output=out"));

  static Stream<Arguments> commands() {
    Thrown[] errors = Thrown.values();
    return IntStream.range(0, CAMPAIGN ? COMMANDS.size() : COMMANDS.size() - 1)
        .boxed()
        .flatMap(
            i ->
                CAMPAIGN
                    ? Arrays.stream(errors).map(error -> Arguments.of(error, COMMANDS.get(i)))
                    : Stream.of(Arguments.of(errors[i % errors.length], COMMANDS.get(i))));
  }

  @BeforeEach
  void files() throws IOException {
    Files.writeString(folder.resolve("idx.yaml"), TRAINING.formatted("IDX"));
    Files.writeString(folder.resolve("pictures.yaml"), TRAINING.formatted("ImageFolder"));
    Path idx = Files.createDirectory(folder.resolve("idx"));
    IdxFiles.write(idx, "t10k", IdxFiles.images(60, 8, 8), IdxFiles.cyclicLabels(60, 3));
    PictureCopies.write(folder.resolve("pictures/a"), 20);
    PictureCopies.write(folder.resolve("pictures/b"), 20);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("commands")
  @DisplayName("ends it with 70 and says what it was")
  @Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void ends(Thrown thrown, List<String> command) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(thrown.name()));
    for (String word : command) {
      arguments.add(
          word.replaceFirst(
              "^(--\\w+=)?(idx|pictures|out|copied|picture)(?=$|\\.)", "$1" + folder + "/$2"));
    }
    arguments.set(1, command.get(0));
    try (var trainer =
        TrainerProcess.start(
            folder.resolve("log"),
            List.of(),
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Dfusion.root=.."),
            Failing.class,
            arguments.toArray(String[]::new))) {
      assertThat(trainer.exitCode()).as(trainer.said()).isEqualTo(70);
      assertThat(trainer.said()).contains(thrown.said).doesNotContain("\tat ");
    }
  }

  /** The trainer, of which one class is not to be had. */
  static final class Failing extends URLClassLoader {
    private final String missing;
    private final Thrown thrown;

    private Failing(URL[] places, String missing, Thrown thrown) {
      super(places, ClassLoader.getPlatformClassLoader());
      this.missing = missing;
      this.thrown = thrown;
    }

    /** The error, the class that is missing, and the trainer's arguments. */
    public static void main(String[] words) throws Exception {
      String missing = "training.fusion.trainer." + words[1];
      Class.forName(missing, false, Failing.class.getClassLoader()); // else nothing would fail
      var loader = new Failing(places(), missing, Thrown.valueOf(words[0]));
      Thread.currentThread().setContextClassLoader(loader);
      loader
          .loadClass("training.fusion.trainer.Main")
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(words, 2, words.length));
    }

    private static URL[] places() throws MalformedURLException {
      List<URL> places = new ArrayList<>();
      var words = new StringTokenizer(System.getProperty("java.class.path"), File.pathSeparator);
      while (words.hasMoreTokens()) {
        places.add(Path.of(words.nextToken()).toUri().toURL());
      }
      return places.toArray(URL[]::new);
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.equals(missing)) {
        throw thrown.error();
      }
      return super.loadClass(name, resolve);
    }
  }
}
