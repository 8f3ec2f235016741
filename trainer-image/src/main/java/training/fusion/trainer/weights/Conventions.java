package training.fusion.trainer.weights;

import java.util.List;
import java.util.regex.Pattern;
import training.fusion.api.Architecture;
import training.fusion.api.Pretrained;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.architecture.Variant;
import training.fusion.trainer.model.architecture.Variant.Padding;
import training.fusion.trainer.weights.Convention.Known;
import training.fusion.trainer.weights.PositionEmbedding.Interpolation;

/** The table of conventions: one row per publisher and family. */
final class Conventions {
  private static final Pattern NOTHING = Pattern.compile("(?!)");

  private Conventions() {}

  /** An architecture's conventions, torchvision's first. */
  static List<Convention> of(Architecture architecture) {
    return switch (architecture.family()) {
      case EFFICIENTNET_V2 ->
          List.of(
              // torchvision.models.efficientnet_v2_*
              torchvision(architecture),
              // timm's tf_efficientnetv2_*, of the paper's authors: bn_eps=BN_EPS_TF_DEFAULT
              new Convention(
                  architecture,
                  Pretrained.Variant.TIMM_TF,
                  new Variant(1e-3, Padding.TENSORFLOW_SAME),
                  ChannelNormalization.HALF,
                  Known.BY_NAMES,
                  Interpolation.ANTIALIASED,
                  PublishedNames.timmEfficientNet(architecture.blocks() - 1),
                  List.of(),
                  NOTHING,
                  Pattern.compile("tf_efficientnetv2_.*")),
              // timm's efficientnetv2_*
              timm(
                  architecture,
                  new Variant(1e-5, Padding.SYMMETRIC),
                  PublishedNames.timmEfficientNet(architecture.blocks() - 1),
                  NOTHING,
                  "efficientnetv2_.*"));
      case VISION_TRANSFORMER ->
          List.of(
              // torchvision.models.vit_*; its published file of vit_b_16 is older than the names
              // mlp.0 and mlp.3
              torchvision(architecture)
                  .spelled(
                      List.of(
                          Renaming.of("(.*\\.mlp)\\.linear_1\\.(.*)", "$1.0.$2"),
                          Renaming.of("(.*\\.mlp)\\.linear_2\\.(.*)", "$1.3.$2"))),
              // timm's vit_*_patch*_224 and _384, augreg and orig; DeiT, DINO and MAE, whose
              // pictures were normalized with ImageNet's figures, have the same names, MAE's
              // decoder beside them
              new Convention(
                  architecture,
                  Pretrained.Variant.TIMM,
                  new Variant(1e-6, Padding.SYMMETRIC),
                  ChannelNormalization.HALF,
                  Known.BY_CUSTOM,
                  Interpolation.ANTIALIASED,
                  PublishedNames.timmVit(),
                  List.of(),
                  Pattern.compile("mask_token|decoder_.*"),
                  Pattern.compile("(vit|deit)_.*_patch.*")),
              // transformers' ViTForImageClassification, ViTModel, and with a decoder ViTMAE;
              // ViTConfig.layer_norm_eps. DeiT's and DINO's have the same names
              new Convention(
                  architecture,
                  Pretrained.Variant.HUGGING_FACE,
                  new Variant(1e-12, Padding.SYMMETRIC),
                  ChannelNormalization.HALF,
                  Known.BY_CUSTOM,
                  Interpolation.SIZED,
                  PublishedNames.huggingFaceVit(),
                  PublishedNames.huggingFaceSpellings(),
                  Pattern.compile(
                      "pooler\\.dense\\.(weight|bias)|embeddings\\.mask_token|decoder\\..*"),
                  Pattern.compile("vit(_.*)?|deit|dino")));
      // timm has torchvision's names, epsilons and normalization
      case RESNET -> alike(architecture, "resnet.*");
      case DENSENET -> alike(architecture, "densenet.*");
      case CONVNEXT ->
          List.of(
              torchvision(architecture),
              timm(
                  architecture,
                  ArchitectureTable.defaultVariant(architecture),
                  PublishedNames.timmConvNext(),
                  NOTHING,
                  "convnext_.*"));
      case SWIN ->
          List.of(
              torchvision(architecture),
              // older files of timm have what follows from the window's size, too
              timm(
                  architecture,
                  ArchitectureTable.defaultVariant(architecture),
                  PublishedNames.timmSwin(),
                  Pattern.compile(".*\\.(relative_position_index|attn_mask)"),
                  "swin_.*"));
    };
  }

  private static List<Convention> alike(Architecture architecture, String models) {
    return List.of(
        torchvision(architecture),
        timm(
            architecture,
            ArchitectureTable.defaultVariant(architecture),
            List.of(),
            NOTHING,
            models));
  }

  /** The names and the variant that the network has here. */
  private static Convention torchvision(Architecture architecture) {
    return new Convention(
        architecture,
        Pretrained.Variant.TORCHVISION,
        ArchitectureTable.defaultVariant(architecture),
        ChannelNormalization.IMAGENET,
        Known.BY_NAMES,
        Interpolation.ALIGNED_CORNERS,
        List.of(),
        List.of(),
        NOTHING,
        NOTHING);
  }

  /** Of networks whose pictures timm normalizes with ImageNet's figures. */
  private static Convention timm(
      Architecture architecture,
      Variant variant,
      List<Renaming> names,
      Pattern ignored,
      String models) {
    return new Convention(
        architecture,
        Pretrained.Variant.TIMM,
        variant,
        ChannelNormalization.IMAGENET,
        Known.BY_NAMES,
        Interpolation.ANTIALIASED,
        names,
        List.of(),
        ignored,
        Pattern.compile(models));
  }
}
