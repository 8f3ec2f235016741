package training.fusion.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Dataset;
import training.fusion.api.Pretrained.Head;
import training.fusion.api.Pretrained.Variant;
import training.fusion.trainer.TrainingFailure;

/** How pictures were normalized for weights: by what lies beside them, by their names, or asked. */
@NullUnmarked
class PublishedConfigurationTest {
  private static final ChannelNormalization IMAGENET =
      new ChannelNormalization(List.of(.485, .456, .406), List.of(.229, .224, .225));

  @TempDir private Path folder;

  private PretrainedWeights open(PublishedWeights published, Dataset.Normalization asked) {
    var file =
        new WeightsFile(
            folder.resolve("model.safetensors"),
            List.of(new StateDict("", published.tensors(), Map.of())),
            Map.of());
    return PretrainedWeights.choose(
        file, published.architecture(), PublishedWeights.asked(Variant.AUTO, Head.NEW), asked);
  }

  private void write(String name, String json) throws IOException {
    Files.writeString(folder.resolve(name), json);
  }

  @ParameterizedTest
  @EnumSource(
      value = PublishedWeights.class,
      names = {"TIMM_VIT", "TRANSFORMERS_VIT", "TRANSFORMERS_VIT_IN_MEMORY"})
  @DisplayName("a ViT's names alone don't tell its normalization: the presets are named")
  void aVitsNamesDoNotTell(PublishedWeights published) {
    for (Dataset.Normalization silent :
        new Dataset.Normalization[] {
          null, new Dataset.Normalization(Dataset.Normalization.Preset.AUTO, null, null)
        }) {
      assertThatThrownBy(() -> open(published, silent))
          .isInstanceOf(TrainingFailure.class)
          .hasMessageContaining("model.safetensors")
          .hasMessageContaining("no config.json or preprocessor_config.json beside it says how")
          .hasMessageContaining("dataset.normalization.preset to ImageNet (DeiT, DINO, MAE), Half");
    }
    open(published, new Dataset.Normalization(Dataset.Normalization.Preset.IMAGENET, null, null));
    open(published, new Dataset.Normalization(null, List.of(.1, .2, .3), List.of(1., 1., 1.)));
  }

  @ParameterizedTest
  @EnumSource(
      value = PublishedWeights.class,
      names = {"TORCHVISION_VIT", "TORCHVISION_EFFICIENTNET"})
  @DisplayName("torchvision's names tell it")
  void torchvisionsNamesTell(PublishedWeights published) {
    assertThat(open(published, null).convention().normalization()).isEqualTo(IMAGENET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // as timm 1.0.31 writes it
        "{'architecture': 'vit_base_patch16_224', 'pretrained_cfg': {'tag': 'dino', 'mean': [0.485, 0.456, 0.406], 'std': [0.229, 0.224, 0.225]}}",
        // before 0.9 without the inner object
        "{'architecture': 'deit_base_patch16_224', 'mean': [0.485, 0.456, 0.406], 'std': [0.229, 0.224, 0.225]}"
      })
  @DisplayName("timm's config.json tells it")
  void timmsConfigurationTells(String json) throws IOException {
    write("config.json", json.replace('\'', '"'));
    var weights = open(PublishedWeights.TIMM_VIT, null);
    assertThat(weights.convention().normalization()).isEqualTo(IMAGENET);
    assertThat(weights.describe())
        .contains("mean [0.485, 0.456, 0.406]")
        .contains("as " + folder.resolve("config.json") + " says");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          preprocessor_config.json | {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
          preprocessor_config.json | {"do_rescale": true, "rescale_factor": 0.00392156862745098, "do_normalize": true, "image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
          processor_config.json    | {"image_processor": {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}}
          """)
  @DisplayName("transformers' preprocessor_config.json tells it")
  void transformersConfigurationTells(String name, String json) throws IOException {
    write(name, json);
    write("config.json", "{\"model_type\": \"vit\", \"layer_norm_eps\": 1e-6}");
    for (PublishedWeights published :
        List.of(PublishedWeights.TRANSFORMERS_VIT, PublishedWeights.TRANSFORMERS_VIT_IN_MEMORY)) {
      Convention convention = open(published, null).convention();
      assertThat(convention.normalization()).isEqualTo(IMAGENET);
      assertThat(convention.variant().epsilon()).isEqualTo(1e-6);
    }
  }

  /** (255 · factor · value − mean) / std, with 255 for 255 · factor where nothing is rescaled. */
  @ParameterizedTest
  @CsvSource({"true, 0.00784313725490196", "false, 1"})
  @DisplayName("a preprocessor that scales otherwise, or not at all, comes to the same inputs")
  void otherScales(boolean rescales, double factor) throws IOException {
    write(
        "preprocessor_config.json",
        "{\"do_rescale\": %s, \"rescale_factor\": %s, \"image_mean\": [1, 1, 1], \"image_std\": [0.5, 0.5, 0.5]}"
            .formatted(rescales, factor));
    ChannelNormalization told =
        open(PublishedWeights.TRANSFORMERS_VIT, null).convention().normalization();
    double scale = rescales ? 255 * factor : 255;
    for (double value : new double[] {0, .25, 1}) {
      assertThat((value - told.mean().get(0)) / told.std().get(0))
          .isCloseTo((scale * value - 1) / .5, within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "[]",
        "{\"mean\": 0.5, \"std\": 0.5}",
        "{\"mean\": [0.5], \"std\": [0.5]}",
        "{\"mean\": [0.5, 0.5, 0.5], \"std\": [0.5, 0, 0.5]}",
        "{\"architecture\": \"resnet50\", \"mean\": [0.5, 0.5, 0.5], \"std\": [0.5, 0.5, 0.5]}"
      })
  @DisplayName("a config.json that is damaged, or of another network, tells nothing")
  void othersTellNothing(String json) throws IOException {
    write("config.json", json);
    assertThatThrownBy(() -> open(PublishedWeights.TIMM_VIT, null))
        .hasMessageContaining("dataset.normalization.preset");
    assertThat(open(PublishedWeights.TORCHVISION_VIT, null).convention().normalization())
        .isEqualTo(IMAGENET);
  }

  @Test
  @DisplayName("timm's two kinds of EfficientNetV2-S are told apart by config.json")
  void timmsArchitectureTellsTheVariant() throws IOException {
    write("config.json", "{\"architecture\": \"tf_efficientnetv2_s\"}");
    assertThat(open(PublishedWeights.TIMM_TF_EFFICIENTNET, null).convention().name())
        .isEqualTo(Variant.TIMM_TF);
    write("config.json", "{\"architecture\": \"efficientnetv2_s\"}");
    assertThat(open(PublishedWeights.TIMM_EFFICIENTNET, null).convention().name())
        .isEqualTo(Variant.TIMM);
  }
}
