package training.fusion.trainer.weights;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import training.fusion.api.Architecture;
import training.fusion.api.Pretrained;
import training.fusion.trainer.model.Variant;
import training.fusion.trainer.model.Variant.Padding;
import training.fusion.trainer.weights.Convention.Known;
import training.fusion.trainer.weights.PositionEmbedding.Interpolation;

/** The table of conventions: one row per publisher and architecture. */
final class Conventions {
  private static final Pattern NOTHING = Pattern.compile("(?!)");

  private static final List<Convention> ALL =
      List.of(
          // torchvision.models.efficientnet_v2_s
          new Convention(
              Architecture.EFFICIENTNET_V2_S,
              Pretrained.Variant.TORCHVISION,
              new Variant(1e-3, Padding.SYMMETRIC),
              ChannelNormalization.IMAGENET,
              Known.BY_NAMES,
              Interpolation.ALIGNED_CORNERS,
              List.of(),
              List.of(),
              NOTHING,
              NOTHING),
          // timm's tf_efficientnetv2_s, of the paper's authors: bn_eps=BN_EPS_TF_DEFAULT
          new Convention(
              Architecture.EFFICIENTNET_V2_S,
              Pretrained.Variant.TIMM_TF,
              new Variant(1e-3, Padding.TENSORFLOW_SAME),
              ChannelNormalization.HALF,
              Known.BY_NAMES,
              Interpolation.ANTIALIASED,
              timmEfficientNet(),
              List.of(),
              NOTHING,
              Pattern.compile("tf_efficientnetv2_s.*")),
          // timm's efficientnetv2_s
          new Convention(
              Architecture.EFFICIENTNET_V2_S,
              Pretrained.Variant.TIMM,
              new Variant(1e-5, Padding.SYMMETRIC),
              ChannelNormalization.IMAGENET,
              Known.BY_NAMES,
              Interpolation.ANTIALIASED,
              timmEfficientNet(),
              List.of(),
              NOTHING,
              Pattern.compile("efficientnetv2_s")),
          // torchvision.models.vit_b_16; its published file is older than the names mlp.0 and mlp.3
          new Convention(
              Architecture.VIT_B_16,
              Pretrained.Variant.TORCHVISION,
              new Variant(1e-6, Padding.SYMMETRIC),
              ChannelNormalization.IMAGENET,
              Known.BY_NAMES,
              Interpolation.ALIGNED_CORNERS,
              List.of(),
              List.of(
                  Renaming.of("(.*\\.mlp)\\.linear_1\\.(.*)", "$1.0.$2"),
                  Renaming.of("(.*\\.mlp)\\.linear_2\\.(.*)", "$1.3.$2")),
              NOTHING,
              NOTHING),
          // timm's vit_base_patch16_224 and _384, augreg and orig; DeiT, DINO and MAE, whose
          // pictures were normalized with ImageNet's figures, have the same names, MAE's decoder
          // beside them
          new Convention(
              Architecture.VIT_B_16,
              Pretrained.Variant.TIMM,
              new Variant(1e-6, Padding.SYMMETRIC),
              ChannelNormalization.HALF,
              Known.BY_CUSTOM,
              Interpolation.ANTIALIASED,
              timmVit(),
              List.of(),
              Pattern.compile("mask_token|decoder_.*"),
              Pattern.compile("(vit|deit)_base_patch16_.*")),
          // transformers' ViTForImageClassification, ViTModel, and with a decoder ViTMAE;
          // ViTConfig.layer_norm_eps. DeiT's and DINO's have the same names
          new Convention(
              Architecture.VIT_B_16,
              Pretrained.Variant.HUGGING_FACE,
              new Variant(1e-12, Padding.SYMMETRIC),
              ChannelNormalization.HALF,
              Known.BY_CUSTOM,
              Interpolation.SIZED,
              huggingFaceVit(),
              huggingFaceSpellings(),
              Pattern.compile(
                  "pooler\\.dense\\.(weight|bias)|embeddings\\.mask_token|decoder\\..*"),
              Pattern.compile("vit(_.*)?|deit|dino")));

  private Conventions() {}

  /** An architecture's conventions. */
  static List<Convention> of(Architecture architecture) {
    return ALL.stream().filter(c -> c.architecture() == architecture).toList();
  }

  private static List<Renaming> timmEfficientNet() {
    List<Renaming> rules = new ArrayList<>();
    rules.add(Renaming.of("features\\.0\\.0\\.(.*)", "conv_stem.$1"));
    rules.add(Renaming.of("features\\.0\\.1\\.(.*)", "bn1.$1"));
    rules.add(Renaming.of("features\\.7\\.0\\.(.*)", "conv_head.$1"));
    rules.add(Renaming.of("features\\.7\\.1\\.(.*)", "bn2.$1"));
    rules.add(Renaming.of("classifier\\.1\\.(.*)", "classifier.$1"));
    // timm's name of a layer's convolutions, by torchvision's index of them within the layer
    timmStage(rules, 1, Map.of(0, "conv"));
    timmStage(rules, 2, Map.of(0, "conv_exp", 1, "conv_pwl"));
    timmStage(rules, 3, Map.of(0, "conv_exp", 1, "conv_pwl"));
    for (int stage = 4; stage <= 6; stage++) {
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

  private static List<Renaming> timmVit() {
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

  private static List<Renaming> huggingFaceVit() {
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
  private static List<Renaming> huggingFaceSpellings() {
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
