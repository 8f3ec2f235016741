package training.fusion.trainer.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.Logged;
import training.fusion.trainer.data.PictureList;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.report.ConfusionMatrix;
import training.fusion.trainer.run.PictureListFile;
import training.fusion.trainer.safetensors.FileDigest;
import training.fusion.trainer.safetensors.SafetensorsFile;

@Tag("libtorch")
@DisplayName("A run whose data set has changed")
class ChangedDataTest {
  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: small}
      spec:
        model: {architecture: EfficientNetV2-S}
        dataset:
          format: ImageFolder
          source: {persistentVolumeClaim: {claimName: data}}
          split: {validation: 0.2, test: 0.2, seed: 0}
        optimization:
          single: {optimizer: {type: SGD, learningRate: 1e-3}}
        training: {epochs: 1, batchSize: 8, imageSize: 32, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  private String said = "";
  private String logged = "";

  @Test
  @DisplayName("by the name of a class is refused by resume and evaluate, and as it was goes on")
  void aClassOfAnotherName() throws IOException {
    pictures("Bee", 0, 12);
    pictures("ant", 0, 12);
    assertThat(train("out")).isZero();
    try (var model = SafetensorsFile.open(folder.resolve("out/model.safetensors"))) {
      JsonNode dataset = new ObjectMapper().readTree(model.metadata().get("dataset"));
      assertThat(dataset.get("classes").toString()).isEqualTo("[\"Bee\",\"ant\"]");
      assertThat(dataset).isEqualTo(json("out/run.json").get("dataset"));
      assertThat(dataset).isEqualTo(manifest().get("dataset"));
      assertThat(dataset.at("/test/imagesByClass").toString()).isEqualTo("[3,2]");
    }
    assertThat(folder.resolve("out/report.html")).content().contains("Bee: 12, ant: 12");

    Files.move(data("Bee"), data("bee"));
    JsonNode result = json("out/result.json");
    for (String[] flag : new String[][] {{}, {"--accept-changed-data"}}) {
      assertThat(command("resume", flag, "--epochs=2")).isEqualTo(64);
      assertThat(json("out/result.json")).as("a run that is refused").isEqualTo(result);
      assertThat(logged)
          .contains("bee: no such class before", "Bee: no such class now")
          .contains("Put it back, or train anew", "the network has no output")
          .doesNotContain("--accept-changed-data");
    }
    assertThat(command("evaluate")).isEqualTo(64);
    assertThat(said)
        .contains("the model's classes are not those of")
        .contains("bee: no such class before");

    Files.move(data("bee"), data("Bee"));
    Files.move(data("ant"), data("ant\u00a0"));
    assertThat(command("resume", "--epochs=2")).isEqualTo(64);
    String alike =
        "\"ant\\u00a0\" now and \"ant\" before are the same but for what is not seen at an end";
    assertThat(logged).contains(alike).doesNotContain("no such class");
    assertThat(command("evaluate")).isEqualTo(64);
    assertThat(said).contains(alike).doesNotContain("no such class");

    Files.move(data("ant\u00a0"), data("ant"));
    assertThat(command("resume", "--epochs=2")).isZero();
    assertThat(new RunFolder(folder.resolve("out")).history()).hasSize(3);
  }

  @Test
  @DisplayName(
      "by three pictures is refused, and if that is accepted all others stay in their parts")
  void pictures() throws IOException {
    pictures("ant", 10, 24);
    pictures("bee", 10, 24);
    var stop = new StopSignal();
    stop.request();
    assertThat(train("out", stop)).isEqualTo(143);
    PictureList before = requireNonNull(PictureListFile.read(folder.resolve("out")));
    pictures("ant", 0, 3);

    assertThat(train("out")).as("a restarted pod").isEqualTo(64);
    assertThat(logged)
        .contains("checkpoint-0-1 was trained on: 3 are new (such as ant/000.png), ")
        .contains("would be in another part")
        .contains("--accept-changed-data");
    assertThat(trainFrom("out")).as("another run that goes on from it").isEqualTo(64);
    assertThat(logged).contains("3 are new").contains("model.pretrained");
    assertThat(folder.resolve("second")).doesNotExist();

    assertThat(command("resume", "--accept-changed-data")).isZero();
    PictureList after = requireNonNull(PictureListFile.read(folder.resolve("out")));
    assertThat(before.difference(after)).isEqualTo("3 are new (such as ant/000.png)");
    assertThat(json("out/run.json").at("/train").asInt()).isEqualTo(28 + 3);
    assertThat(manifest().get("dataset")).isEqualTo(json("out/run.json").get("dataset"));
    assertThat(command("resume", "--epochs=2")).as("what was accepted stays accepted").isZero();

    assertThat(command("evaluate", "-o", "json")).isZero();
    assertThat(new ObjectMapper().readTree(said).get("confusionMatrix"))
        .as("none of the pictures that it was trained on")
        .isEqualTo(json("out/metrics.json").at("/test/confusionMatrix"));
    pictures("bee", 0, 5);
    assertThat(command("evaluate", "-o", "json")).isZero();
    assertThat(new ObjectMapper().readTree(said).get("images").asInt())
        .as("the ten of the test part, and the tenth of the new ones that it lacks")
        .isEqualTo(11);
  }

  @Test
  @DisplayName("since an older trainer saved its checkpoint is told by what that has noted")
  void anOlderCheckpoint() throws IOException {
    pictures("Bee", 0, 12);
    pictures("ant", 0, 12);
    var stop = new StopSignal();
    stop.request();
    assertThat(train("out", stop)).isEqualTo(143);
    forgetDataset();
    Files.move(data("Bee"), data("bee"));
    assertThat(train("out")).isEqualTo(64);
    assertThat(logged).contains("bee: no such class before").doesNotContain("--accept");
    Files.move(data("bee"), data("Bee"));
    pictures("Bee", 12, 2);
    assertThat(train("out")).isEqualTo(64);
    assertThat(logged).contains("it had 24 pictures in its parts and has 26");
    Files.delete(data("Bee").resolve("012.png"));
    Files.delete(data("Bee").resolve("013.png"));

    assertThat(train("out")).isZero();

    assertThat(manifest().at("/dataset/classes").toString()).isEqualTo("[\"Bee\",\"ant\"]");
    assertThat(PictureListFile.read(folder.resolve("out"))).isNotNull();
  }

  @Test
  @DisplayName("to fewer classes is evaluated under the model's numbers of them")
  void fewerClasses() throws IOException {
    for (String name : List.of("train/a", "train/b", "train/c", "test/a", "test/b", "test/c")) {
      pictures(name, 0, 9);
    }
    String yaml = TRAINING.replace("test: 0.2, ", "");
    assertThat(train(yaml, "out", new StopSignal())).isZero();
    long[][] all = matrix(json("out/metrics.json").at("/test/confusionMatrix")).rows();

    try (Stream<Path> files = Files.walk(folder.resolve("data"))) {
      for (Path file : files.filter(f -> f.toString().contains("/a/")).toList()) {
        Files.delete(file);
      }
    }
    Files.delete(data("train/a"));
    Files.delete(data("test/a"));
    assertThat(command("evaluate", "-o", "json")).isZero();
    long[][] some = matrix(new ObjectMapper().readTree(said).get("confusionMatrix")).rows();
    assertThat(some).isDeepEqualTo(new long[][] {{0, 0, 0}, all[1], all[2]});
    assertThat(command("evaluate")).isZero();
    assertThat(said).contains("1 of 3 classes had no picture (a)");
  }

  /** As trainers wrote them before checkpoints named their data. */
  private void forgetDataset() throws IOException {
    Path checkpoint = new RunFolder(folder.resolve("out")).newestCheckpoint();
    Path manifest = checkpoint.resolve("manifest.json");
    for (Path file : List.of(manifest, folder.resolve("out/run.json"))) {
      ObjectNode json = (ObjectNode) new ObjectMapper().readTree(file.toFile());
      json.remove("dataset");
      new ObjectMapper().writeValue(file.toFile(), json);
    }
    Files.writeString(checkpoint.resolve("manifest.sha256"), FileDigest.of(manifest).sha256());
    Files.delete(folder.resolve("out").resolve(PictureListFile.FILE));
  }

  /** Pictures of noise, the same under the same name. */
  private void pictures(String label, int first, int count) throws IOException {
    Files.createDirectories(data(label));
    for (int i = first; i < first + count; i++) {
      var random = new Random(label.hashCode() + i);
      var picture = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
      for (int at = 0; at < 32 * 32; at++) {
        picture.setRGB(at % 32, at / 32, random.nextInt());
      }
      ImageIO.write(picture, "png", data(label).resolve("%03d.png".formatted(i)).toFile());
    }
  }

  private Path data(String label) {
    return folder.resolve("data").resolve(label);
  }

  private int train(String output) throws IOException {
    return train(output, new StopSignal());
  }

  private int train(String output, StopSignal stop) throws IOException {
    return train(TRAINING, output, stop);
  }

  private int trainFrom(String other) throws IOException {
    return train(
        TRAINING
            + "  checkpoint: {volume: {persistentVolumeClaim: {claimName: runs}}, resumeFrom: %s}\n"
                .formatted(other),
        "second",
        new StopSignal());
  }

  private int train(String yaml, String output, StopSignal stop) throws IOException {
    Path file = Files.writeString(folder.resolve("training.yaml"), yaml);
    return logged(
        () ->
            FusionTrainer.commandLine(stop)
                .execute(
                    "train",
                    file.toString(),
                    "--data=" + folder.resolve("data"),
                    "--output=" + folder.resolve(output)));
  }

  private int logged(IntSupplier command) {
    Logged ended = Logged.during(command);
    logged = ended.text();
    return ended.code();
  }

  private int command(String name, String[] flag, String... more) {
    return command(name, Stream.concat(Stream.of(flag), Stream.of(more)).toArray(String[]::new));
  }

  /** A command on the run's folder. */
  private int command(String name, String... options) {
    var out = new StringWriter();
    int code =
        logged(
            () ->
                FusionTrainer.commandLine(new StopSignal())
                    .setOut(new PrintWriter(out))
                    .setErr(new PrintWriter(out))
                    .execute(
                        Stream.concat(
                                Stream.of(name, folder.resolve("out").toString()),
                                Stream.of(options))
                            .toArray(String[]::new)));
    said = out.toString();
    return code;
  }

  private JsonNode manifest() throws IOException {
    Path checkpoint = new RunFolder(folder.resolve("out")).newestCheckpoint();
    return new ObjectMapper().readTree(checkpoint.resolve("manifest.json").toFile());
  }

  private JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(file).toFile());
  }

  private static ConfusionMatrix matrix(JsonNode json) throws IOException {
    return new ObjectMapper().treeToValue(json, ConfusionMatrix.class);
  }
}
