package training.fusion.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import training.fusion.api.Dataset;
import training.fusion.api.Pretrained.Head;
import training.fusion.api.Pretrained.Variant;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.Evaluation;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.Initializer;
import training.fusion.trainer.model.InputAugmentation;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.model.TrainableBlocks;

@Tag("libtorch")
@NullUnmarked
class PretrainedWeightsTest {
  private static final Dataset.Normalization HALF =
      new Dataset.Normalization(Dataset.Normalization.Preset.HALF, null, null);

  /** Ten times the largest error of the libraries themselves in fp32. */
  @ParameterizedTest
  @EnumSource
  void aLibrarysWeightsGiveTheLibrarysLogits(PublishedWeights published) {
    var weights = choose(published, published.tensors(), published.variant(), Head.KEEP);
    assertThat(weights.convention().name()).isEqualTo(published.variant());
    try (Network network = network(weights.convention(), published)) {
      weights.load(network, 0);
      assertThat(difference(network, published)).isLessThan(4e-5);
    }
  }

  @Test
  void theSameTensorsWithAnotherPaddingOrEpsilonGiveOtherLogits() {
    var published = PublishedWeights.TIMM_TF_EFFICIENTNET;
    var weights = choose(published, published.tensors(), Variant.TIMM, Head.KEEP);
    try (Network network = network(weights.convention(), published)) {
      weights.load(network, 0);
      assertThat(difference(network, published)).isGreaterThan(1e-3);
    }
  }

  @Test
  void autoKnowsTorchvisionsNamesAndIsNotSureOfTimms() {
    var torchvision = PublishedWeights.TORCHVISION_EFFICIENTNET;
    var weights = choose(torchvision, torchvision.tensors(), Variant.AUTO, Head.NEW);
    assertThat(weights.convention().name()).isEqualTo(Variant.TORCHVISION);
    assertThat(weights.describe())
        .contains("Torchvision's weights of EfficientNetV2-S", "symmetric padding", "0.001");
    var timm = PublishedWeights.TIMM_TF_EFFICIENTNET;
    assertThatThrownBy(() -> choose(timm, timm.tensors(), Variant.AUTO, Head.NEW))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("set model.pretrained.variant to one of: TimmTf's")
        .hasMessageContaining("; Timm's");
  }

  @Test
  void aNewHeadIsDrawnForOtherClassesAndTheRestIsTheFiles() {
    var published = PublishedWeights.TORCHVISION_EFFICIENTNET;
    var weights = choose(published, published.tensors(), Variant.AUTO, Head.NEW);
    try (Network network = network(weights.convention(), published, 3);
        Network untouched = network(weights.convention(), published, 3)) {
      weights.load(network, 0);
      assertThat(network.state().get("classifier.1.weight").toFloatArray())
          .isEqualTo(untouched.state().get("classifier.1.weight").toFloatArray());
      assertThat(network.state().get("features.0.0.weight").getFloat(0, 0, 0, 0))
          .isNotEqualTo(untouched.state().get("features.0.0.weight").getFloat(0, 0, 0, 0));
      assertThat(network.state().get("features.0.1.num_batches_tracked").getLong()).isEqualTo(7);
    }
  }

  @Test
  void aNewHeadIsNeverZeroAlsoWhereTorchvisionsIs() {
    var published = PublishedWeights.TIMM_VIT;
    var weights = choose(published, published.tensors(), Variant.AUTO, Head.NEW);
    assertThat(weights.convention().name()).isEqualTo(Variant.TIMM);
    try (Network network = network(weights.convention(), published, 3)) {
      for (String name : List.of("heads.head.weight", "heads.head.bias")) {
        for (float value : Initializer.newHead(network.table(), name, 5)) {
          assertThat(Math.abs(value)).isBetween(1e-9f, (float) (1 / Math.sqrt(768)));
        }
      }
    }
  }

  @Test
  void autoKnowsTheOlderNamesOfTorchvisionsVitAndTransformersModelWithoutHead() {
    var torchvision = PublishedWeights.TORCHVISION_VIT;
    Map<String, StoredTensor> older = new LinkedHashMap<>();
    torchvision
        .tensors()
        .forEach(
            (name, tensor) ->
                older.put(
                    name.replace("mlp.0.", "mlp.linear_1.").replace("mlp.3.", "mlp.linear_2."),
                    tensor));
    assertThat(choose(torchvision, older, Variant.AUTO, Head.KEEP).convention().name())
        .isEqualTo(Variant.TORCHVISION);
    var transformers = PublishedWeights.TRANSFORMERS_VIT;
    Map<String, StoredTensor> model = new LinkedHashMap<>();
    transformers.tensors().forEach((name, t) -> model.put(name.replace("vit.", ""), t));
    model.keySet().removeIf(name -> name.startsWith("classifier"));
    model.put("pooler.dense.bias", PublishedWeights.filled(0, List.of(768L), "small"));
    assertThat(choose(transformers, model, Variant.AUTO, Head.NEW).convention().name())
        .isEqualTo(Variant.HUGGING_FACE);
  }

  @Test
  void aHeadThatIsKeptMustHaveTheDataSetsClasses() {
    var published = PublishedWeights.TORCHVISION_EFFICIENTNET;
    var weights = choose(published, published.tensors(), Variant.AUTO, Head.KEEP);
    try (Network network = network(weights.convention(), published, 3)) {
      assertThatThrownBy(() -> weights.load(network, 0))
          .hasMessageContaining("a classifier for 10 classes, the data set has 3")
          .hasMessageContaining("model.pretrained.head: New");
    }
    Map<String, StoredTensor> headless = published.tensors();
    headless.keySet().removeIf(name -> name.startsWith("classifier"));
    var without = choose(published, headless, Variant.AUTO, Head.KEEP);
    try (Network network = network(without.convention(), published)) {
      assertThatThrownBy(() -> without.load(network, 0)).hasMessageContaining("has no classifier");
    }
  }

  @Test
  void aNormalizationThatIsAskedForIsToldBesideThatOfTheNames() {
    var published = PublishedWeights.TIMM_VIT;
    var file =
        new WeightsFile(
            Path.of("dino.pth"),
            List.of(new StateDict("", published.tensors(), Map.of())),
            Map.of());
    var weights =
        PretrainedWeights.choose(
            file,
            published.architecture(),
            PublishedWeights.asked(Variant.AUTO, Head.NEW),
            new Dataset.Normalization(Dataset.Normalization.Preset.IMAGENET, null, null));
    assertThat(weights.describe())
        .contains(
            "(dataset.normalization has mean [0.485, 0.456, 0.406], std [0.229, 0.224, 0.225]");
  }

  @Test
  void theOutputsOfAHeadThatIsKeptAreMatchedWithTheDataSetsClassesByName() {
    var published = PublishedWeights.TORCHVISION_EFFICIENTNET;
    List<String> names = IntStream.range(0, 10).mapToObj("class %d"::formatted).toList();
    List<String> other = new ArrayList<>(names);
    Collections.shuffle(other, new Random(1));
    var file =
        new WeightsFile(
            Path.of("model.safetensors"),
            List.of(new StateDict("", published.tensors(), Map.of())),
            Map.of("classes", "[\"" + String.join("\", \"", names) + "\"]"));
    var weights =
        PretrainedWeights.choose(
            file, published.architecture(), PublishedWeights.asked(Variant.AUTO, Head.KEEP), null);
    try (Network asIs = network(weights.convention(), published);
        Network matched = network(weights.convention(), published)) {
      weights.matchedWith(names).load(asIs, 0);
      weights.matchedWith(other).load(matched, 0);
      for (String name : List.of("classifier.1.weight", "classifier.1.bias")) {
        float[] rows = asIs.state().get(name).toFloatArray();
        float[] ordered = matched.state().get(name).toFloatArray();
        int length = rows.length / 10;
        for (int to = 0; to < 10; to++) {
          int from = names.indexOf(other.get(to));
          assertThat(Arrays.copyOfRange(ordered, to * length, (to + 1) * length))
              .isEqualTo(Arrays.copyOfRange(rows, from * length, (from + 1) * length));
        }
      }
    }
    other.set(3, "Class 3");
    assertThatThrownBy(() -> weights.matchedWith(other))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining(
            "a classifier for other classes: it lacks Class 3: the data set lacks class")
        .hasMessageContaining("model.pretrained.head: New");
    assertThat(weights.describe()).doesNotContain("can't be checked");
    assertThat(choose(published, published.tensors(), Variant.AUTO, Head.KEEP).describe())
        .contains("the file does not name its classes", "can't be checked");
  }

  @Test
  void whatIsMissingExtraOrOfAnotherShapeIsNamed() {
    var published = PublishedWeights.TIMM_TF_EFFICIENTNET;
    Map<String, StoredTensor> tensors = published.tensors();
    tensors.remove("blocks.3.1.conv_dw.weight");
    tensors.remove("bn1.num_batches_tracked"); // PyTorch's own loader does without it
    tensors.put("aux.weight", PublishedWeights.filled(0, List.of(2L), "small"));
    tensors.put("conv_stem.weight", PublishedWeights.filled(0, List.of(24L, 1L, 3L, 3L), "small"));
    assertThatThrownBy(() -> choose(published, tensors, Variant.TIMM_TF, Head.NEW))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("blocks.3.1.conv_dw.weight is missing")
        .hasMessageContaining("aux.weight is not expected")
        .hasMessageContaining("conv_stem.weight has shape [24, 1, 3, 3], expected [24, 3, 3, 3]")
        .hasMessageNotContaining("num_batches_tracked");
  }

  /** Torchvision's names, but not its padding: the file says so, and Auto takes its word. */
  @Test
  void aModelTrainedHereKeepsTheConventionThatItBeganWith() {
    var metadata =
        Map.of(
            "architecture", "EfficientNetV2-S",
            "variant", "TimmTf",
            "epsilons", "{\"batchNorm\": 0.002}",
            "preprocessing", "{\"mean\": [0.1, 0.2, 0.3], \"std\": [1, 1, 1]}");
    var file =
        new WeightsFile(
            Path.of("model.safetensors"),
            List.of(
                new StateDict("", PublishedWeights.TORCHVISION_EFFICIENTNET.tensors(), Map.of())),
            metadata);
    var architecture = PublishedWeights.TORCHVISION_EFFICIENTNET.architecture();
    Convention convention =
        PretrainedWeights.choose(
                file, architecture, PublishedWeights.asked(Variant.AUTO, Head.NEW), null)
            .convention();
    assertThat(convention.variant())
        .isEqualTo(
            new training.fusion.trainer.model.architecture.Variant(
                0.002, Convention.of(architecture, Variant.TIMM_TF).variant().padding()));
    assertThat(convention.normalization().mean()).containsExactly(0.1, 0.2, 0.3);
    assertThatThrownBy(
            () ->
                PretrainedWeights.choose(
                    file,
                    architecture,
                    PublishedWeights.asked(Variant.TORCHVISION, Head.NEW),
                    null))
        .hasMessageContaining("a model trained here, in the variant TimmTf");
  }

  @Test
  void anotherArchitectureIsRefusedByName() {
    var published = PublishedWeights.TIMM_TF_EFFICIENTNET;
    Map<String, StoredTensor> rw = published.tensors();
    rw.put("blocks.0.0.conv_exp.weight", PublishedWeights.filled(0, List.of(2L), "small"));
    assertThatThrownBy(() -> choose(published, rw, Variant.AUTO, Head.NEW))
        .hasMessageContaining("efficientnetv2_rw_s, which is another architecture");
    Map<String, StoredTensor> other = new LinkedHashMap<>();
    other.put("layer1.0.conv1.weight", PublishedWeights.filled(0, List.of(2L), "small"));
    assertThatThrownBy(() -> choose(published, other, Variant.AUTO, Head.NEW))
        .hasMessageContaining("has no weights of EfficientNetV2-S")
        .hasMessageContaining("layer1.0.conv1.weight");
    assertThatThrownBy(() -> choose(published, published.tensors(), Variant.HUGGING_FACE, Head.NEW))
        .hasMessageContaining(
            "weights of EfficientNetV2-S come as Torchvision, TimmTf, Timm, not as HuggingFace");
  }

  private static PretrainedWeights choose(
      PublishedWeights published, Map<String, StoredTensor> tensors, Variant variant, Head head) {
    return PretrainedWeights.choose(
        published.withTensors(tensors),
        published.architecture(),
        PublishedWeights.asked(variant, head),
        HALF);
  }

  private static Network network(Convention convention, PublishedWeights published) {
    return network(convention, published, published.fixture().get("classes").asInt());
  }

  static Network network(Convention convention, PublishedWeights published, int classes) {
    return network(convention, classes, published.fixture().get("pixels").asInt());
  }

  /** Its pictures are fp32 in [−1, 1) and pass the normalisation unchanged. */
  static Network network(Convention convention, int classes, int pixels) {
    var settings =
        new NetworkSettings(
            NetworkKind.of(convention.architecture()),
            convention.variant(),
            classes,
            pixels,
            0,
            0,
            new NetworkSettings.Pictures(pixels, pixels, 3),
            Dataset.Resize.Mode.SQUASH,
            Dataset.Resize.Interpolation.BILINEAR,
            InputAugmentation.NONE,
            List.of(0.0, 0.0, 0.0),
            List.of(1 / 255.0, 1 / 255.0, 1 / 255.0),
            0,
            Precision.FP32,
            null,
            null);
    var table = ArchitectureTable.of(convention.architecture(), classes);
    return Network.create(Libtorch.start(0, 1), settings, TrainableBlocks.all(table), 0);
  }

  private static double difference(Network network, PublishedWeights published) {
    double difference = difference(network, published.fixture().get("logits"));
    System.out.printf("%s: largest difference of logits %.2e%n", published.file, difference);
    return difference;
  }

  /** Largest difference of a logit from the library's. */
  static double difference(Network network, JsonNode expected) {
    Evaluation evaluation = evaluate(network, expected.size());
    double largest = 0;
    for (int image = 0; image < expected.size(); image++) {
      for (int c = 0; c < expected.get(image).size(); c++) {
        double difference = evaluation.logit(image, c) - expected.get(image).get(c).asDouble();
        largest = Math.max(largest, Math.abs(difference));
      }
    }
    return largest;
  }

  /** Logits of the oracle's images. */
  static Evaluation evaluate(Network network, int count) {
    int pixels = network.settings().imageSize();
    try (NDManager scope = network.manager().newSubManager()) {
      float[] values = new float[count * 3 * pixels * pixels];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) Golden.u(9001, i);
      }
      var images = scope.create(values, new Shape(count, 3, pixels, pixels));
      return network.evaluate(images.transpose(0, 2, 3, 1), scope.create(new long[count]));
    }
  }
}
