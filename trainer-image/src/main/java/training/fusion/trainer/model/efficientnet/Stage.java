package training.fusion.trainer.model.efficientnet;

/**
 * One row of an architecture's table: {@code repeats} layers of one kind, which together are a
 * block in the paper's numbering. Only the first layer has the stride and the change of channels.
 *
 * @param expansion width of the hidden layer as a multiple of the input's channels
 * @param kernel height and width of the (depthwise) convolution
 */
record Stage(
    Kind kind,
    int expansion,
    int kernel,
    int stride,
    int inputChannels,
    int outputChannels,
    int repeats) {

  /** torchvision's name of the layer. */
  enum Kind {
    /** Convolution, batch norm, SiLU. */
    CONV_NORM_ACTIVATION("Conv2dNormActivation"),
    /** Expansion by an ordinary convolution, then a 1×1 projection. */
    FUSED_MB_CONV("FusedMBConv"),
    /** 1×1 expansion, depthwise convolution, squeeze-and-excitation, 1×1 projection. */
    MB_CONV("MBConv");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    @Override
    public String toString() {
      return label;
    }
  }

  /** In words, for a table of blocks: {@code "MBConv ×15, 3×3, stride 2, 160 → 256 channels"}. */
  String describe() {
    return "%s%s, %d×%d, stride %d, %d → %d channels"
        .formatted(
            kind,
            repeats > 1 ? " ×" + repeats : "",
            kernel,
            kernel,
            stride,
            inputChannels,
            outputChannels);
  }
}
