package training.fusion.trainer.model;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.model.architecture.Variant;

/**
 * All that a network's program depends on.
 *
 * @param kind which network
 * @param variant epsilon and padding that go with the weights
 * @param imageSize width and height of the network's input, in pixels
 * @param dropout probability of dropping an input of the classifier
 * @param stochasticDepth probability of skipping the last residual layer
 * @param pictures shape of the stored pictures
 * @param resize how they become squares of imageSize
 * @param interpolation of that
 * @param augmentation of training images
 * @param mean of red, green and blue, of values in 0..1
 * @param std of red, green and blue, of values in 0..1
 * @param labelSmoothing of the training loss only
 * @param precision arithmetic of convolutions and matrix products
 * @param classWeights of the training loss only, one per class; null: all alike
 * @param tensors names of the tensors that the network takes as they are, in the order in which
 *     they are given; null: it takes pictures
 */
public record NetworkSettings(
    NetworkKind kind,
    Variant variant,
    int classes,
    int imageSize,
    double dropout,
    double stochasticDepth,
    Pictures pictures,
    Dataset.Resize.Mode resize,
    Dataset.Resize.Interpolation interpolation,
    InputAugmentation augmentation,
    List<Double> mean,
    List<Double> std,
    double labelSmoothing,
    Precision precision,
    @Nullable List<Double> classWeights,
    @Nullable List<String> tensors) {
  public NetworkSettings {
    mean = List.copyOf(mean);
    std = List.copyOf(std);
    classWeights = classWeights == null ? null : List.copyOf(classWeights);
    tensors = tensors == null ? null : List.copyOf(tensors);
  }

  /** The network's parameters, buffers and statements, where all statistics move. */
  ArchitectureProgram source() {
    return kind.definition().program(program());
  }

  /** The part that the architecture's statements depend on. */
  ProgramSettings program() {
    return program(Set.of());
  }

  /**
   * The same.
   *
   * @param frozenStatistics blocks whose batch norms keep to their running statistics in training
   */
  ProgramSettings program(Set<Integer> frozenStatistics) {
    return new ProgramSettings(
        classes, imageSize, dropout, stochasticDepth, variant, precision, frozenStatistics);
  }

  /**
   * Shape of stored pictures, all alike: unsigned bytes, [height, width] or [height, width, 3].
   *
   * @param channels 1 or 3
   * @param ready whether they are what the network takes: numbers, [3, height, width]
   */
  public record Pictures(int height, int width, int channels, boolean ready) {
    /** Pictures as bytes. */
    public Pictures(int height, int width, int channels) {
      this(height, width, channels, false);
    }
  }
}
