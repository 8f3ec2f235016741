package training.fusion.trainer.model.architecture;

import training.fusion.api.Training.Precision;

/**
 * What an architecture's statements depend on.
 *
 * @param imageSize width and height of the network's input, in pixels
 * @param dropout as torchvision's argument of that name
 * @param stochasticDepth as torchvision's stochastic_depth_prob
 */
public record ProgramSettings(
    int classes,
    int imageSize,
    double dropout,
    double stochasticDepth,
    Variant variant,
    Precision precision) {}
