package training.fusion.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset;
import training.fusion.api.Pretrained;
import training.fusion.trainer.cli.FusionTrainer;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.model.Evaluation;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.process.StopSignal;

/**
 * Whole files, by hand because they need Python with torchvision, timm and transformers: {@code
 * oracle/weights.py save FOLDER} writes them, this compares logits and trains from some of them,
 * {@code oracle/weights.py compare FOLDER/<name>-trained} loads what was trained here.
 */
@Tag("libtorch")
@NullUnmarked
@EnabledIfSystemProperty(named = "weights.folder", matches = ".+")
class PretrainedFilesTest {
  private static final Path FOLDER = Path.of(System.getProperty("weights.folder", "."));
  private static final Dataset.Normalization HALF =
      new Dataset.Normalization(Dataset.Normalization.Preset.HALF, null, null);
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void everyPublishersFilesGiveThePublishersLogits() throws IOException {
    for (Path description : descriptions()) {
      JsonNode library = JSON.readTree(description.toFile());
      var architecture = JSON.convertValue(library.get("architecture"), Architecture.class);
      var variant = JSON.convertValue(library.get("variant"), Pretrained.Variant.class);
      for (String ending : List.of(".pth", ".safetensors")) {
        Path file = description.resolveSibling(name(description) + ending);
        var asked = PublishedWeights.asked(variant, Pretrained.Head.KEEP);
        var weights = PretrainedWeights.open(file, architecture, asked, HALF);
        for (int pixels : new int[] {64, 224}) {
          if (!library.has(Integer.toString(pixels))) {
            continue; // timm's Swin takes its own size only
          }
          JsonNode expected = library.get(Integer.toString(pixels));
          int classes = expected.get(0).size();
          try (Network network =
              PretrainedWeightsTest.network(weights.convention(), classes, pixels)) {
            weights.load(network, 0);
            double difference = PretrainedWeightsTest.difference(network, expected);
            double largest = 0;
            for (JsonNode row : expected) {
              for (JsonNode logit : row) {
                largest = Math.max(largest, Math.abs(logit.asDouble()));
              }
            }
            System.out.printf(
                "%s at %d pixels: largest difference of logits %.2e, of logits up to %.3g%n",
                file.getFileName(), pixels, difference, largest);
            assertThat(difference).isLessThan(1e-4 * Math.max(1, largest));
          }
        }
      }
    }
  }

  @Test
  void efficientnetv2RwSIsRefusedByName() {
    var asked = PublishedWeights.asked(Pretrained.Variant.AUTO, Pretrained.Head.NEW);
    Path file = FOLDER.resolve("efficientnetv2_rw_s.pth");
    assertThatThrownBy(
            () -> PretrainedWeights.open(file, Architecture.EFFICIENTNET_V2_S, asked, HALF))
        .hasMessageContaining("timm's efficientnetv2_rw_s, which is another architecture")
        .satisfies(e -> System.out.println(e.getMessage()));
  }

  /** From scratch and from each publisher's weights: a step of SGD, a model, its logits. */
  @Test
  void modelsTrainedFromThemAreLeftForPython() throws IOException {
    Path data = Files.createDirectories(FOLDER.resolve("data"));
    IdxFiles.write(data, "t10k", IdxFiles.images(30, 28, 28), IdxFiles.cyclicLabels(30, 3));
    for (Path description : descriptions()) {
      JsonNode library = JSON.readTree(description.toFile());
      Path weights = description.resolveSibling(name(description) + ".pth");
      String yaml =
          """
          apiVersion: fusion.training/v1alpha1
          kind: FusionTraining
          metadata: {name: trained}
          spec:
            model:
              architecture: %s
              pretrained: {source: {persistentVolumeClaim: {claimName: w}}, variant: %s}
            dataset:
              format: IDX
              source: {persistentVolumeClaim: {claimName: data}}
              split: {validation: 0.1, test: 0.1, seed: 0}
              normalization: {preset: Half}
            optimization: {single: {optimizer: {type: SGD, learningRate: 1e-3}}}
            training: {epochs: 1, batchSize: 16, imageSize: 64}
            pod: {gpu: {count: 0}}
          """
              .formatted(library.get("architecture").asText(), library.get("variant").asText());
      Path file = Files.writeString(FOLDER.resolve("training.yaml"), yaml);
      Path trained = FOLDER.resolve(name(description) + "-trained");
      int code =
          FusionTrainer.commandLine(new StopSignal())
              .execute(
                  "train",
                  file.toString(),
                  "--data=" + data,
                  "--weights=" + weights,
                  "--output=" + trained);
      assertThat(code).isZero();
      writeLogits(trained, JSON.convertValue(library.get("architecture"), Architecture.class));
    }
  }

  /**
   * Writes the logits of the oracle's images, computed here.
   *
   * @return the largest of them, in either direction
   */
  static double writeLogits(Path trained, Architecture architecture) throws IOException {
    var asked = PublishedWeights.asked(Pretrained.Variant.AUTO, Pretrained.Head.KEEP);
    var model =
        PretrainedWeights.open(trained.resolve("model.safetensors"), architecture, asked, null);
    double largest = 0;
    try (Network network = PretrainedWeightsTest.network(model.convention(), 3, 64)) {
      model.load(network, 0);
      Evaluation evaluation = PretrainedWeightsTest.evaluate(network, 2);
      ObjectNode logits = JSON.createObjectNode();
      var rows = logits.putArray("logits");
      for (int image = 0; image < 2; image++) {
        var row = rows.addArray();
        for (int c = 0; c < 3; c++) {
          row.add(evaluation.logit(image, c));
          largest = Math.max(largest, Math.abs(evaluation.logit(image, c)));
        }
      }
      JSON.writeValue(trained.resolve("logits.json").toFile(), logits);
    }
    return largest;
  }

  private static String name(Path description) {
    return description.getFileName().toString().replace(".json", "");
  }

  private static List<Path> descriptions() throws IOException {
    String only = System.getProperty("weights.only", "");
    try (var files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith(".json"))
          .filter(file -> file.getFileName().toString().contains(only))
          .sorted()
          .toList();
    }
  }
}
