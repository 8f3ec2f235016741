package training.fusion.api;

/** What networks of different sizes have in common. */
public enum ArchitectureFamily {
  /** Convolutions with squeeze-and-excitation. */
  EFFICIENTNET_V2(true, "torchvision's features", "classifier.1"),
  /** Patches, and encoders with attention. */
  VISION_TRANSFORMER(false, "its encoders", "heads.head"),
  /** Residual blocks of convolutions. */
  RESNET(true, "the stem, then torchvision's layer1 to layer4", "fc"),
  /** Convolutions with a transformer's layers. */
  CONVNEXT(
      false, "the stem, then its stages, each with the downsampling before it", "classifier.2"),
  /** Blocks whose layers read the channels of all layers before them. */
  DENSENET(true, "the stem, then dense blocks and transitions in turn", "classifier"),
  /** Attention within shifted windows. */
  SWIN(false, "the patches, then its stages, each with the merging before it", "head");

  private final boolean batchNorm;
  private final String blocks;
  private final String head;

  ArchitectureFamily(boolean batchNorm, String blocks, String head) {
    this.batchNorm = batchNorm;
    this.blocks = blocks;
    this.head = head;
  }

  /** Whether its norms take their figures from the batch. */
  public boolean batchNorm() {
    return batchNorm;
  }

  /** What its blocks are, in words. */
  public String blocks() {
    return blocks;
  }

  /** The head's linear layer in torchvision's {@code state_dict}. */
  public String head() {
    return head;
  }
}
