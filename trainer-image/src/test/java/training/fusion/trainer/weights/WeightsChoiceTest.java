package training.fusion.trainer.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.Dataset;
import training.fusion.api.Pretrained.Head;
import training.fusion.api.Pretrained.Variant;
import training.fusion.trainer.TrainingFailure;

/** Which dictionary of a checkpoint is meant, and under which prefix. */
@NullUnmarked
class WeightsChoiceTest {
  private static final PublishedWeights PUBLISHED = PublishedWeights.TORCHVISION_EFFICIENTNET;
  private static final Dataset.Normalization HALF =
      new Dataset.Normalization(Dataset.Normalization.Preset.HALF, null, null);

  private static Map<String, StoredTensor> under(String prefix) {
    return under(prefix, PUBLISHED);
  }

  private static Map<String, StoredTensor> under(String prefix, PublishedWeights published) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    published.tensors().forEach((name, tensor) -> tensors.put(prefix + name, tensor));
    return tensors;
  }

  private static StoredTensor other() {
    return PublishedWeights.filled(0, List.of(2L), "small");
  }

  private static String chosen(Map<String, Map<String, StoredTensor>> entries) {
    return chosen(entries, null, null);
  }

  private static String chosen(
      Map<String, Map<String, StoredTensor>> entries, String entry, String prefix) {
    return PretrainedWeights.choose(
            PUBLISHED.withEntries(entries),
            PUBLISHED.architecture(),
            PublishedWeights.asked(Variant.AUTO, Head.KEEP, entry, prefix),
            null)
        .describe();
  }

  @ParameterizedTest
  @CsvSource({
    "module.",
    "_orig_mod.",
    "model.",
    "module._orig_mod.",
    "_orig_mod.module.",
    "model.backbone.",
    "encoder.",
    "task.model._orig_mod."
  })
  @DisplayName("what stands before every name is found, told, and left out with all without it")
  void prefixes(String prefix) {
    Map<String, StoredTensor> tensors = under(prefix);
    tensors.put("n_averaged", other());
    tensors.put("criterion.weight", other());
    assertThat(chosen(Map.of("", tensors)))
        .contains("under the prefix " + prefix)
        .contains("left out: n_averaged; criterion.weight");
    assertThat(chosen(Map.of("", tensors), "", prefix)).contains("under the prefix " + prefix);
    assertThatThrownBy(() -> chosen(Map.of("", tensors), null, "net."))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("has no weights of EfficientNetV2-S");
  }

  @Test
  @DisplayName("torch.compile of single blocks puts its name amid the others'")
  void wrappersWithinNames() {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    under("model.")
        .forEach(
            (name, tensor) -> tensors.put(name.replace(".block.", "._orig_mod.block."), tensor));
    assertThat(chosen(Map.of("state_dict", tensors)))
        .contains("in its entry state_dict, under the prefix model.");
  }

  @Test
  @DisplayName("transformers' classifier stands outside its network's prefix, and goes with it")
  void transformersWithinAModule() {
    for (PublishedWeights published :
        List.of(PublishedWeights.TRANSFORMERS_VIT, PublishedWeights.TRANSFORMERS_VIT_IN_MEMORY)) {
      var weights =
          PretrainedWeights.choose(
              published.withEntries(Map.of("state_dict", under("net.", published))),
              published.architecture(),
              PublishedWeights.asked(Variant.AUTO, Head.KEEP),
              HALF);
      assertThat(weights.describe())
          .contains("HuggingFace's", "in its entry state_dict, under the prefix net.")
          .doesNotContain("left out");
    }
  }

  @Test
  @DisplayName("trained weights come before averaged ones, and both are told")
  void trainedBeforeAveraged() {
    Map<String, Map<String, StoredTensor>> entries = new LinkedHashMap<>();
    entries.put("model_ema", under("module."));
    entries.put("optimizer.state.0", Map.of("exp_avg", other()));
    entries.put("model", under(""));
    assertThat(chosen(entries))
        .contains("in its entry model (model.pretrained.entry could choose model_ema)");
    assertThat(chosen(entries, "model_ema", null))
        .contains("in its entry model_ema, under the prefix module.");
    assertThatThrownBy(() -> chosen(entries, "ema", null))
        .hasMessageContaining("no tensors in an entry ema, which model.pretrained.entry names")
        .hasMessageContaining("entry model_ema; entry optimizer.state.0; entry model");
  }

  @Test
  @DisplayName("where nothing tells which is meant, the field that would is named")
  void severalAreRefused() {
    Map<String, Map<String, StoredTensor>> entries = new LinkedHashMap<>();
    entries.put("student", under("module."));
    entries.put("teacher", under(""));
    assertThatThrownBy(() -> chosen(entries))
        .hasMessageContaining("set model.pretrained.entry to one of: \"student\"; \"teacher\"");
    assertThat(chosen(entries, "teacher", null)).contains("in its entry teacher");
    Map<String, StoredTensor> both = under("base_encoder.");
    both.putAll(under("momentum_encoder."));
    assertThatThrownBy(() -> chosen(Map.of("", both)))
        .hasMessageContaining("set model.pretrained.prefix to one of:")
        .hasMessageContaining("\"base_encoder.\"")
        .hasMessageContaining("\"momentum_encoder.\"");
    assertThat(chosen(Map.of("", both), null, "momentum_encoder."))
        .contains("under the prefix momentum_encoder.");
    Map<String, StoredTensor> plain = under("");
    plain.putAll(under("teacher."));
    assertThatThrownBy(() -> chosen(Map.of("", plain)))
        .hasMessageContaining("set model.pretrained.prefix to one of: \"\"; \"teacher.\"");
  }

  @Test
  @DisplayName("a name of a million dots takes no longer than others")
  void aNameOfDots() {
    Map<String, StoredTensor> tensors = under("model.");
    tensors.put(".".repeat(1_000_000), other());
    assertThat(chosen(Map.of("", tensors))).contains("under the prefix model.");
  }

  @Test
  @DisplayName("without a prefix every tensor must be the network's")
  void nothingIsLeftOutUnasked() {
    Map<String, StoredTensor> tensors = under("");
    tensors.put("aux.weight", other());
    assertThatThrownBy(() -> chosen(Map.of("", tensors)))
        .hasMessageContaining("aux.weight is not expected");
    Map<String, StoredTensor> prefixed = under("model.");
    prefixed.put("model.aux.weight", other());
    assertThatThrownBy(() -> chosen(Map.of("", prefixed)))
        .hasMessageContaining("aux.weight is not expected");
    prefixed.remove("model.aux.weight");
    prefixed.remove("model.features.0.0.weight");
    assertThatThrownBy(() -> chosen(Map.of("state_dict", prefixed)))
        .hasMessageContaining("in its entry state_dict, but does not fit")
        .hasMessageContaining("features.0.0.weight is missing");
  }
}
