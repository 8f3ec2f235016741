package training.fusion.trainer.model.architecture;

import java.util.Set;
import training.fusion.api.Training.Precision;

/**
 * What an architecture's statements depend on.
 *
 * @param imageSize width and height of the network's input, in pixels
 * @param dropout as torchvision's argument of that name
 * @param stochasticDepth as torchvision's stochastic_depth_prob
 * @param frozenStatistics blocks whose batch norms keep to their running statistics in training
 */
public record ProgramSettings(
    int classes,
    int imageSize,
    double dropout,
    double stochasticDepth,
    Variant variant,
    Precision precision,
    Set<Integer> frozenStatistics) {
  public ProgramSettings {
    frozenStatistics = Set.copyOf(frozenStatistics);
  }

  /** The same where all statistics move. */
  public ProgramSettings(
      int classes,
      int imageSize,
      double dropout,
      double stochasticDepth,
      Variant variant,
      Precision precision) {
    this(classes, imageSize, dropout, stochasticDepth, variant, precision, Set.of());
  }
}
