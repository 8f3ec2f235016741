package training.fusion.trainer.train;

import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.label.ClassNames;

/** The weights of the classes in the training loss. */
final class ClassWeights {
  /** Of EffectiveNumber, where none is asked for. */
  private static final double BETA = 0.999;

  private ClassWeights() {}

  /**
   * Those that are asked for; null: all alike.
   *
   * @throws TrainingFailure if the list has another length, or a class has nothing to count
   */
  static @Nullable List<Double> of(Training.@Nullable ClassWeights asked, ImageData data) {
    if (asked == null) {
      return null;
    }
    List<Double> values = asked.values();
    if (values == null) {
      return counted(asked, data);
    }
    if (values.size() != data.classes()) {
      throw TrainingFailure.badConfiguration(
          "spec.training.classWeights.values has %d weights, and the data set %d classes (%s); give one for each, in this order"
              .formatted(values.size(), data.classes(), ClassNames.listed(data.classNames())));
    }
    return values;
  }

  private static List<Double> counted(Training.ClassWeights asked, ImageData data) {
    int[] counts = data.train().countByClass(data.classes());
    List<String> empty =
        IntStream.range(0, counts.length)
            .filter(c -> counts[c] == 0)
            .mapToObj(data.classNames()::get)
            .toList();
    if (!empty.isEmpty()) {
      throw TrainingFailure.badData(
          "spec.training.classWeights: %d of %d classes have no image to train on, so they have no weight by their images: %s; remove them, raise dataset.limit.train if that leaves them out, or list the weights in values"
              .formatted(empty.size(), counts.length, ClassNames.listed(empty)));
    }
    return inverse(counts, size(asked));
  }

  /** What the number of a class's images counts as: its weight falls with it. */
  private static DoubleUnaryOperator size(Training.ClassWeights asked) {
    return switch (asked.type() == null ? Training.ClassWeights.Type.BALANCED : asked.type()) {
      case BALANCED -> n -> n; // scikit-learn's compute_class_weight("balanced", …)
      case INVERSE_SQUARE_ROOT -> Math::sqrt;
      case EFFECTIVE_NUMBER -> {
        double beta = asked.beta() == null ? BETA : asked.beta();
        // 1 - beta^n, exact for a beta near 1 as well; of beta 0 it is 1
        yield n -> beta == 0 ? 1 : -Math.expm1(n * Math.log(beta)) / (1 - beta);
      }
    };
  }

  /** Inverse sizes, scaled so that the mean over the images is 1. */
  private static List<Double> inverse(int[] counts, DoubleUnaryOperator size) {
    double images = Arrays.stream(counts).asLongStream().sum();
    double[] sizes = Arrays.stream(counts).mapToDouble(n -> size.applyAsDouble(n)).toArray();
    double sum = IntStream.range(0, counts.length).mapToDouble(c -> counts[c] / sizes[c]).sum();
    return DoubleStream.of(sizes).mapToObj(s -> images / (sum * s)).toList();
  }
}
