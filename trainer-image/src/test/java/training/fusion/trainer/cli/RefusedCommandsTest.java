package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.trainer.Logged;
import training.fusion.trainer.checkpoint.RunLock;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.safetensors.FileDigest;

/** Every folder that a command could have written to is compared, byte for byte. */
@Tag("libtorch")
@DisplayName("A command that is refused changes nothing")
class RefusedCommandsTest {
  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: small}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: IDX
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.1, test: 0.1, seed: 0}
          resize: {mode: Pad}
        optimization:
          single: {optimizer: {type: SGD, learningRate: 1e-3}}
        training: {epochs: 1, batchSize: 8, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private static Path folder;

  /** The runs: one that was trained to its end, and one that was stopped after its first step. */
  @BeforeAll
  static void runs() throws IOException {
    for (int images : new int[] {30, 40}) {
      Path data = Files.createDirectories(folder.resolve("data" + images));
      IdxFiles.write(
          data, "t10k", IdxFiles.images(images, 28, 28), IdxFiles.cyclicLabels(images, 3));
    }
    yaml("small", TRAINING);
    yaml("other", TRAINING.replace("1e-3", "2e-3"));
    yaml("broken", TRAINING.replace("batchSize", "bathSize"));
    yaml(
        "weights",
        TRAINING.replace(
            "model: {", "model: {pretrained: {source: {persistentVolumeClaim: {claimName: w}}}, "));
    yaml(
        "follows",
        TRAINING
            + "  checkpoint: {volume: {persistentVolumeClaim: {claimName: c}}, resumeFrom:"
            + " nowhere}\n");
    assertThat(run("train small.yaml --data data30 --output finished").code()).isZero();
    var stop = new StopSignal();
    stop.request();
    assertThat(run(stop, "train small.yaml --data data30 --output stopped").code()).isEqualTo(143);
    Files.writeString(folder.resolve("text.txt"), "no picture");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          train other.yaml --data data30 --output finished     | holds run
          train other.yaml --data data30 --output stopped      | give each run a folder of its own
          train small.yaml --data nowhere --output fresh       | nowhere
          train small.yaml --data nowhere --output deep/fresh  | nowhere
          train small.yaml --data data40 --output stopped      | the data set is not the one
          train small.yaml --output fresh --weights text.txt --data text.txt | text.txt
          train broken.yaml --data data30 --output fresh       | batchSize
          train missing.yaml --data data30 --output fresh      | no such file
          train weights.yaml --data data30 --output fresh      | --weights names the file
          train follows.yaml --data data30 --output fresh      | resumeFrom
          train --output fresh                                 | FILE
          train small.yaml --nonsense                          | nonsense
          resume fresh                                         | no such folder
          resume data30                                        | no run's folder
          resume finished --epochs 1                           | has 1 epochs already
          resume finished --epochs 2 --data data40             | the data set is not the one
          resume finished --epochs 2 --data nowhere            | nowhere
          resume stopped --data data40                         | the data set is not the one
          resume stopped --epochs 3 --data data40              | the data set is not the one
          evaluate data30                                      | no model.safetensors
          evaluate finished --data nowhere                     | nowhere
          predict data30 text.txt                              | no model.safetensors
          predict finished text.txt                            | text.txt
          predict finished nowhere.jpg                         | nowhere.jpg
          report data30                                        | no run's folder
          report fresh                                         | no such folder
          dry-run broken.yaml --data data30                    | batchSize
          dry-run small.yaml --data nowhere                    | nowhere
          """)
  void isAsItWas(String command, String why) throws IOException {
    Map<String, String> before = snapshot();
    var said = new StringWriter();

    Logged ended = run(new StopSignal(), command, said);

    assertThat(ended.code()).as(said + ended.text()).isEqualTo(64);
    assertThat(said + ended.text()).contains(why);
    assertThat(snapshot()).isEqualTo(before);
  }

  @Test
  @DisplayName("also where another process is at work on the run: that one goes on undisturbed")
  void inUse() throws IOException {
    try (RunLock other = RunLock.take(folder.resolve("finished"), "other")) {
      Map<String, String> before = snapshot();
      Logged ended = run("resume finished --epochs 2 --data data30");
      assertThat(ended.code()).isEqualTo(75);
      assertThat(ended.text()).contains("is training this run in");
      assertThat(snapshot()).isEqualTo(before);
    }
  }

  private static void yaml(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name + ".yaml"), text);
  }

  private static Logged run(String command) {
    return run(new StopSignal(), command);
  }

  private static Logged run(StopSignal stop, String command) {
    return run(stop, command, new StringWriter());
  }

  /** Names of files and folders are taken to be in the test's folder. */
  private static Logged run(StopSignal stop, String command, StringWriter said) {
    String[] words =
        Stream.of(command.split(" +", -1))
            .map(
                word ->
                    word.matches(
                            "(?:data\\d\\d|finished|stopped|(?:deep/)?fresh|nowhere.*|.*\\.yaml|.*\\.txt)")
                        ? folder.resolve(word).toString()
                        : word)
            .toArray(String[]::new);
    return Logged.during(
        () ->
            FusionTrainer.commandLine(stop)
                .setOut(new PrintWriter(said))
                .setErr(new PrintWriter(said))
                .execute(words));
  }

  /** Every file's hash, and every folder, by path. */
  private static Map<String, String> snapshot() throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> paths = Files.walk(folder)) {
      for (Path path : paths.toList()) {
        found.put(
            folder.relativize(path).toString(),
            Files.isDirectory(path) ? "a folder" : FileDigest.of(path).toString());
      }
    }
    return found;
  }
}
