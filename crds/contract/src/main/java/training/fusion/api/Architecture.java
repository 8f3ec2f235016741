package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonValue;
import org.jspecify.annotations.Nullable;

/**
 * The image classifiers that can be trained, a row each. What a row says, the schema's rules, the
 * fields' descriptions and the trainer take from here; what a network consists of is the trainer's.
 */
public enum Architecture {
  /** torchvision's {@code efficientnet_v2_s} (Tan and Le 2021, arXiv 2104.00298). */
  EFFICIENTNET_V2_S(
      "EfficientNetV2-S", ArchitectureFamily.EFFICIENTNET_V2, 8, 0.2, 0.2, null, "EfficientNetV2"),
  /** torchvision's {@code efficientnet_v2_m}. */
  EFFICIENTNET_V2_M(
      "EfficientNetV2-M", ArchitectureFamily.EFFICIENTNET_V2, 9, 0.3, 0.2, null, null),
  /** torchvision's {@code efficientnet_v2_l}. */
  EFFICIENTNET_V2_L(
      "EfficientNetV2-L", ArchitectureFamily.EFFICIENTNET_V2, 9, 0.4, 0.2, null, null),
  /** torchvision's {@code vit_b_16} (Dosovitskiy et al. 2021, arXiv 2010.11929). */
  VIT_B_16("ViT-B-16", ArchitectureFamily.VISION_TRANSFORMER, 12, 0, 0.0, 16, "Vision Transformer"),
  /** torchvision's {@code vit_b_32}. */
  VIT_B_32("ViT-B-32", ArchitectureFamily.VISION_TRANSFORMER, 12, 0, 0.0, 32, null),
  /** torchvision's {@code vit_l_16}. */
  VIT_L_16("ViT-L-16", ArchitectureFamily.VISION_TRANSFORMER, 24, 0, 0.0, 16, null),
  /** timm's {@code deit_tiny_patch16_224} (Touvron et al. 2021, arXiv 2012.12877). */
  DEIT_TI_16("DeiT-Ti-16", ArchitectureFamily.VISION_TRANSFORMER, 12, 0, 0.0, 16, null),
  /** timm's {@code deit_small_patch16_224}. */
  DEIT_S_16("DeiT-S-16", ArchitectureFamily.VISION_TRANSFORMER, 12, 0, 0.0, 16, null),
  /** torchvision's {@code resnet18} (He et al. 2016, arXiv 1512.03385). */
  RESNET_18("ResNet-18", ArchitectureFamily.RESNET, 5, 0, null, null, null),
  /** torchvision's {@code resnet34}. */
  RESNET_34("ResNet-34", ArchitectureFamily.RESNET, 5, 0, null, null, null),
  /** torchvision's {@code resnet50}. */
  RESNET_50("ResNet-50", ArchitectureFamily.RESNET, 5, 0, null, null, null),
  /** torchvision's {@code resnet101}. */
  RESNET_101("ResNet-101", ArchitectureFamily.RESNET, 5, 0, null, null, null),
  /** torchvision's {@code convnext_tiny} (Liu et al. 2022, arXiv 2201.03545). */
  CONVNEXT_TINY("ConvNeXt-Tiny", ArchitectureFamily.CONVNEXT, 5, 0, 0.1, null, null),
  /** torchvision's {@code convnext_base}. */
  CONVNEXT_BASE("ConvNeXt-Base", ArchitectureFamily.CONVNEXT, 5, 0, 0.5, null, null),
  /** torchvision's {@code densenet169} (Huang et al. 2017, arXiv 1608.06993). */
  DENSENET_169("DenseNet-169", ArchitectureFamily.DENSENET, 8, 0, null, null, null),
  /** torchvision's {@code swin_t} (Liu et al. 2021, arXiv 2103.14030). */
  SWIN_T("Swin-T", ArchitectureFamily.SWIN, 5, 0, 0.2, null, null);

  private final String label;
  private final ArchitectureFamily family;
  private final int blocks;
  private final double dropout;
  private final @Nullable Double stochasticDepth;
  private final @Nullable Integer patchSize;
  private final @Nullable String paperName;

  Architecture(
      String label,
      ArchitectureFamily family,
      int blocks,
      double dropout,
      @Nullable Double stochasticDepth,
      @Nullable Integer patchSize,
      @Nullable String paperName) {
    this.label = label;
    this.family = family;
    this.blocks = blocks;
    this.dropout = dropout;
    this.stochasticDepth = stochasticDepth;
    this.patchSize = patchSize;
    this.paperName = paperName;
  }

  /** The name in YAML. */
  @Override
  @JsonValue
  public String toString() {
    return label;
  }

  /** What it has in common with others. */
  public ArchitectureFamily family() {
    return family;
  }

  /** Number of blocks, the head not counted: they are numbered from 0, the head is after them. */
  public int blocks() {
    return blocks;
  }

  /** The last block that a low level can end with: one is kept for the high level. */
  public int lastBoundary() {
    return blocks - 2;
  }

  /** {@link Model#dropout} where a model states none: the reference's. */
  public double dropout() {
    return dropout;
  }

  /** {@link Model#stochasticDepth} where a model states none; null: the network has none. */
  public @Nullable Double stochasticDepth() {
    return stochasticDepth;
  }

  /**
   * {@link Training#imageSize} where a training states none: the 244 of Kim and Moon, or, where
   * that is no number of whole patches, the 224 that published weights have.
   */
  public int imageSize() {
    return patchSize == null ? 244 : 224;
  }

  /** Height and width of its patches in pixels; null: it has none. */
  public @Nullable Integer patchSize() {
    return patchSize;
  }

  /**
   * Rows and columns at the edge of a network's input that no patch covers, and that it does not
   * look at.
   */
  public int unseenPixels(int imageSize) {
    return patchSize == null ? 0 : imageSize % patchSize;
  }

  /** Its name in the tables of Kim and Moon; null: they have it not. */
  public @Nullable String paperName() {
    return paperName;
  }

  /** Images that a forward pass in training mode needs: batch norm has no variance of one. */
  public int smallestBatch() {
    return family.batchNorm() ? 2 : 1;
  }
}
