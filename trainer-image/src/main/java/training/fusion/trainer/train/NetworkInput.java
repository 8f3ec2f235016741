package training.fusion.trainer.train;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.NetworkSettings.Pictures;
import training.fusion.trainer.sample.LabelledImages;
import training.fusion.trainer.sample.LabelledSamples;
import training.fusion.trainer.sample.SampleInput;

/**
 * What of a data set's samples a network is shown.
 *
 * @param pictures their shape, where they are pictures; of tensors for somebody's own network of no
 *     meaning
 * @param tensors names of the tensors that somebody's own network takes; null: it takes pictures
 */
public record NetworkInput(Pictures pictures, @Nullable List<String> tensors) {
  private static final int COLOURS = 3;

  /**
   * What a network is shown of these samples.
   *
   * @throws TrainingFailure if they are tensors, and the network takes pictures
   */
  public static NetworkInput of(LabelledSamples samples, NetworkKind network, int imageSize) {
    if (samples instanceof LabelledImages images) {
      return new NetworkInput(
          new Pictures(images.height(), images.width(), images.channels()), null);
    }
    if (network.architecture() == null) {
      return new NetworkInput(new Pictures(imageSize, imageSize, COLOURS, true), tensors(samples));
    }
    List<SampleInput> inputs = samples.inputs();
    List<Long> wanted = List.of((long) COLOURS, (long) imageSize, (long) imageSize);
    if (inputs.size() != 1 || !inputs.get(0).shape().equals(wanted)) {
      throw TrainingFailure.badData(
          "%s has rows of %s, and %s takes pictures: one tensor with rows of %s, as training.imageSize says; reshape it, name it alone by dataset.tensors.inputs, or bring a network that takes these by model.module"
              .formatted(
                  samples.file(),
                  String.join(
                      ", ",
                      inputs.stream().map(input -> input.name() + " " + input.shape()).toList()),
                  network,
                  wanted));
    }
    return new NetworkInput(new Pictures(imageSize, imageSize, COLOURS, true), null);
  }

  /** Names of a set's tensors, in the order in which they are given; null: it has pictures. */
  public static @Nullable List<String> tensors(LabelledSamples samples) {
    return samples instanceof LabelledImages
        ? null
        : samples.inputs().stream().map(SampleInput::name).toList();
  }

  /** Mean, or deviation, that tensors are brought to a network by: one for each colour. */
  static List<Double> ofTensors(@Nullable List<Double> asked, double otherwise) {
    return asked == null
        ? Collections.nCopies(COLOURS, otherwise)
        : asked.size() == 1 ? Collections.nCopies(COLOURS, asked.get(0)) : asked;
  }

  /** What is said of the one tensor; null: nothing. */
  static Dataset.Tensors.@Nullable Input asked(Dataset dataset) {
    return dataset.tensors() == null || dataset.tensors().inputs() == null
        ? null
        : dataset.tensors().inputs().stream().filter(Objects::nonNull).findFirst().orElse(null);
  }
}
