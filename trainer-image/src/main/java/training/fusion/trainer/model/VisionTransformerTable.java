package training.fusion.trainer.model;

/**
 * The extents of a vision transformer; all of its encoders are alike.
 *
 * @param patch height and width of a patch, in pixels
 * @param width of a token
 * @param encoders how many
 * @param heads of the attention; each has width / heads features
 * @param hidden width between the two layers of an encoder's perceptron
 */
record VisionTransformerTable(int patch, int width, int encoders, int heads, int hidden) {
  /** Patches along one side; pixels beyond the last whole patch are not looked at. */
  int grid(int imageSize) {
    return imageSize / patch;
  }

  /** A block in words. */
  String describe(int block) {
    if (block == encoders) {
      return "linear on the class token";
    }
    String encoder = "encoder, %d heads, %d → %d → %d".formatted(heads, width, hidden, width);
    if (block == 0) {
      return "patches %d×%d, ".formatted(patch, patch) + encoder;
    }
    return block == encoders - 1 ? encoder + ", layer norm" : encoder;
  }
}
