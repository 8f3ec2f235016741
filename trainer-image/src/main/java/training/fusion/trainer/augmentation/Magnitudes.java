package training.fusion.trainer.augmentation;

/**
 * The magnitudes of a policy's operations, weakest first.
 *
 * @param bins how many there are of each
 * @param slope largest of a shear
 * @param degrees largest of a rotation
 * @param factor what a factor differs from 1 by at most
 * @param bitsLost most bits that a posterized picture loses
 */
record Magnitudes(int bins, double slope, double degrees, double factor, int bitsLost) {
  /** The magnitude {@code index}, from 0, of an operation that has one. */
  double of(Operation operation, int index, double mostPixels) {
    return switch (operation) {
      case SHEAR_X, SHEAR_Y -> between(0, slope, index);
      case TRANSLATE_X, TRANSLATE_Y -> between(0, mostPixels, index);
      case ROTATE -> between(0, degrees, index);
      case BRIGHTNESS, COLOR, CONTRAST, SHARPNESS -> between(0, factor, index);
      case POSTERIZE -> 8 - Math.rint(index / (float) ((bins - 1) / (double) bitsLost));
      case SOLARIZE -> between(255, 0, index);
      case IDENTITY, AUTO_CONTRAST, EQUALIZE -> 0;
    };
  }

  /**
   * {@code torch.linspace} in fp32, which counts its second half from the end; with one rounding
   * for product and sum, as on every processor of the last ten years.
   */
  private double between(double start, double end, int index) {
    float step = ((float) end - (float) start) / (bins - 1);
    return index < bins / 2
        ? Math.fma(step, index, (float) start)
        : Math.fma(-step, bins - 1 - index, (float) end);
  }
}
