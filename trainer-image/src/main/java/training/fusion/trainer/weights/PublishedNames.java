package training.fusion.trainer.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** From torchvision's names to those that others give the same tensors, a list for each family. */
final class PublishedNames {
  private PublishedNames() {}

  /**
   * timm's EfficientNets.
   *
   * @param last torchvision's index of the last convolution, which comes after the stages
   */
  static List<Renaming> timmEfficientNet(int last) {
    List<Renaming> rules = new ArrayList<>();
    rules.add(Renaming.of("features\\.0\\.0\\.(.*)", "conv_stem.$1"));
    rules.add(Renaming.of("features\\.0\\.1\\.(.*)", "bn1.$1"));
    rules.add(Renaming.of("features\\.%d\\.0\\.(.*)".formatted(last), "conv_head.$1"));
    rules.add(Renaming.of("features\\.%d\\.1\\.(.*)".formatted(last), "bn2.$1"));
    rules.add(Renaming.of("classifier\\.1\\.(.*)", "classifier.$1"));
    // timm's name of a layer's convolutions, by torchvision's index of them within the layer
    timmStage(rules, 1, Map.of(0, "conv"));
    timmStage(rules, 2, Map.of(0, "conv_exp", 1, "conv_pwl"));
    timmStage(rules, 3, Map.of(0, "conv_exp", 1, "conv_pwl"));
    for (int stage = 4; stage < last; stage++) {
      timmStage(rules, stage, Map.of(0, "conv_pw", 1, "conv_dw", 3, "conv_pwl"));
    }
    return List.copyOf(rules);
  }

  private static void timmStage(List<Renaming> rules, int stage, Map<Integer, String> layers) {
    String ours = "features\\.%d\\.(\\d+)\\.block\\.".formatted(stage);
    String theirs = "blocks.%d.$1.".formatted(stage - 1);
    layers.forEach(
        (index, convolution) -> {
          int norm = index == 3 ? 3 : index + 1; // squeeze-and-excitation, index 2, has no norm
          rules.add(Renaming.of(ours + index + "\\.0\\.(.*)", theirs + convolution + ".$2"));
          rules.add(Renaming.of(ours + index + "\\.1\\.(.*)", theirs + "bn" + norm + ".$2"));
        });
    rules.add(Renaming.of(ours + "2\\.fc1\\.(.*)", theirs + "se.conv_reduce.$2"));
    rules.add(Renaming.of(ours + "2\\.fc2\\.(.*)", theirs + "se.conv_expand.$2"));
  }

  /** timm's ConvNeXts; a layer's scale is a vector there. */
  static List<Renaming> timmConvNext() {
    List<Renaming> rules = new ArrayList<>();
    rules.add(Renaming.of("features\\.0\\.([01])\\.(.*)", "stem.$1.$2"));
    for (int stage = 0; stage < 4; stage++) {
      String layer = "features\\.%d\\.(\\d+)\\.".formatted(2 * stage + 1);
      String theirs = "stages.%d.blocks.$1.".formatted(stage);
      rules.add(Renaming.of(layer + "layer_scale", theirs + "gamma"));
      rules.add(Renaming.of(layer + "block\\.0\\.(.*)", theirs + "conv_dw.$2"));
      rules.add(Renaming.of(layer + "block\\.2\\.(.*)", theirs + "norm.$2"));
      rules.add(Renaming.of(layer + "block\\.3\\.(.*)", theirs + "mlp.fc1.$2"));
      rules.add(Renaming.of(layer + "block\\.5\\.(.*)", theirs + "mlp.fc2.$2"));
      rules.add(
          Renaming.of(
              "features\\.%d\\.([01])\\.(.*)".formatted(2 * stage),
              "stages.%d.downsample.$1.$2".formatted(stage)));
    }
    rules.add(Renaming.of("classifier\\.0\\.(.*)", "head.norm.$1"));
    rules.add(Renaming.of("classifier\\.2\\.(.*)", "head.fc.$1"));
    return List.copyOf(rules);
  }

  /** timm's Swin transformers. */
  static List<Renaming> timmSwin() {
    List<Renaming> rules = new ArrayList<>();
    rules.add(Renaming.of("features\\.0\\.0\\.(.*)", "patch_embed.proj.$1"));
    rules.add(Renaming.of("features\\.0\\.2\\.(.*)", "patch_embed.norm.$1"));
    for (int stage = 0; stage < 4; stage++) {
      String layer = "features\\.%d\\.(\\d+)\\.".formatted(2 * stage + 1);
      String theirs = "layers.%d.blocks.$1.".formatted(stage);
      rules.add(Renaming.of(layer + "mlp\\.0\\.(.*)", theirs + "mlp.fc1.$2"));
      rules.add(Renaming.of(layer + "mlp\\.3\\.(.*)", theirs + "mlp.fc2.$2"));
      rules.add(Renaming.of(layer + "(.*)", theirs + "$2"));
      rules.add(
          Renaming.of(
              "features\\.%d\\.(.*)".formatted(2 * stage),
              "layers.%d.downsample.$1".formatted(stage)));
    }
    rules.add(Renaming.of("head\\.(.*)", "head.fc.$1"));
    return List.copyOf(rules);
  }

  /** timm's vision transformers, DeiT among them. */
  static List<Renaming> timmVit() {
    return List.of(
        Renaming.of("class_token", "cls_token"),
        Renaming.of("encoder\\.pos_embedding", "pos_embed"),
        Renaming.of("conv_proj\\.(.*)", "patch_embed.proj.$1"),
        encoderLayer("ln_1\\.", "blocks.$1.norm1.$2"),
        encoderLayer("self_attention\\.in_proj_", "blocks.$1.attn.qkv.$2"),
        encoderLayer("self_attention\\.out_proj\\.", "blocks.$1.attn.proj.$2"),
        encoderLayer("ln_2\\.", "blocks.$1.norm2.$2"),
        encoderLayer("mlp\\.0\\.", "blocks.$1.mlp.fc1.$2"),
        encoderLayer("mlp\\.3\\.", "blocks.$1.mlp.fc2.$2"),
        Renaming.of("encoder\\.ln\\.(.*)", "norm.$1"),
        Renaming.of("heads\\.head\\.(.*)", "head.$1"));
  }

  /** transformers' vision transformers, as save_pretrained writes them. */
  static List<Renaming> huggingFaceVit() {
    String attention = "encoder.layer.$1.attention.attention.";
    return List.of(
        Renaming.of("class_token", "embeddings.cls_token"),
        Renaming.of("encoder\\.pos_embedding", "embeddings.position_embeddings"),
        Renaming.of("conv_proj\\.(.*)", "embeddings.patch_embeddings.projection.$1"),
        encoderLayer("ln_1\\.", "encoder.layer.$1.layernorm_before.$2"),
        encoderLayer(
            "self_attention\\.in_proj_",
            attention + "query.$2",
            attention + "key.$2",
            attention + "value.$2"),
        encoderLayer("self_attention\\.out_proj\\.", "encoder.layer.$1.attention.output.dense.$2"),
        encoderLayer("ln_2\\.", "encoder.layer.$1.layernorm_after.$2"),
        encoderLayer("mlp\\.0\\.", "encoder.layer.$1.intermediate.dense.$2"),
        encoderLayer("mlp\\.3\\.", "encoder.layer.$1.output.dense.$2"),
        Renaming.of("encoder\\.ln\\.(.*)", "layernorm.$1"),
        Renaming.of("heads\\.head\\.(.*)", "classifier.$1"));
  }

  /** Since 5.0 a module in memory has other names than those that save_pretrained writes. */
  static List<Renaming> huggingFaceSpellings() {
    String layer = "encoder.layer.$1.";
    return List.of(
        inMemory("attention\\.q_proj", layer + "attention.attention.query"),
        inMemory("attention\\.k_proj", layer + "attention.attention.key"),
        inMemory("attention\\.v_proj", layer + "attention.attention.value"),
        inMemory("attention\\.o_proj", layer + "attention.output.dense"),
        inMemory("mlp\\.fc1", layer + "intermediate.dense"),
        inMemory("mlp\\.fc2", layer + "output.dense"),
        Renaming.of("(?:vit\\.)?layers\\.(\\d+)\\.(layernorm_.*)", layer + "$2"),
        Renaming.of("vit\\.(.*)", "$1"));
  }

  private static Renaming inMemory(String part, String to) {
    return Renaming.of("(?:vit\\.)?layers\\.(\\d+)\\." + part + "\\.(.*)", to + ".$2");
  }

  private static Renaming encoderLayer(String part, String... to) {
    return Renaming.of("encoder\\.layers\\.encoder_layer_(\\d+)\\." + part + "(.*)", to);
  }
}
