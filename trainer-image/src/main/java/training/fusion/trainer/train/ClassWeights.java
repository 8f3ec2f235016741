package training.fusion.trainer.train;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.data.Part;

/** The weights of the classes in the training loss. */
final class ClassWeights {
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
      return balanced(data.train(), data.classNames());
    }
    if (values.size() != data.classes()) {
      throw TrainingFailure.badConfiguration(
          "spec.training.classWeights.values has %d weights, and the data set %d classes (%s); give one for each, in this order"
              .formatted(values.size(), data.classes(), String.join(", ", data.classNames())));
    }
    return values;
  }

  /** scikit-learn's {@code compute_class_weight("balanced", …)}: images / (classes · count). */
  private static List<Double> balanced(Part train, List<String> names) {
    long[] counts = new long[names.size()];
    for (int i = 0; i < train.count(); i++) {
      counts[train.label(i)]++;
    }
    for (int c = 0; c < counts.length; c++) {
      if (counts[c] == 0) {
        throw TrainingFailure.badData(
            "spec.training.classWeights: class %s has no image to train on, so it has no balanced weight; remove the class, or list the weights in values"
                .formatted(names.get(c)));
      }
    }
    return IntStream.range(0, counts.length)
        .mapToObj(c -> (double) train.count() / (counts.length * (double) counts[c]))
        .toList();
  }
}
