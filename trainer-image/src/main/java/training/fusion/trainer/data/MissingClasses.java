package training.fusion.trainer.data;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.api.run.ClassesWithoutPictures.Listed;
import training.fusion.trainer.label.ClassNames;

/** Classes of which a part has no picture: what is not trained on, or not judged by. */
final class MissingClasses {
  /** A longer name is cut in reports. */
  private static final int LONGEST_NAME = 63;

  private final List<String> names;
  private final BitSet train;
  private final BitSet validation;
  private final BitSet test;

  private MissingClasses(List<String> names, BitSet train, BitSet validation, BitSet test) {
    this.names = names;
    this.train = train;
    this.validation = validation;
    this.test = test;
  }

  /** Of a data set; where it validates on test, that is not counted twice. */
  static MissingClasses of(ImageData data) {
    return new MissingClasses(
        data.classNames(),
        in(data, data.train()),
        data.validatesOnTest() ? new BitSet() : in(data, data.validation()),
        in(data, data.test()));
  }

  private static BitSet in(ImageData data, Part part) {
    int[] counts = part.countByClass(data.classes());
    BitSet missing = new BitSet();
    for (int label = 0; label < counts.length; label++) {
      missing.set(label, counts[label] == 0);
    }
    return missing;
  }

  /** One for each part that lacks classes; one for two that lack the same. */
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    if (!train.isEmpty()) {
      BitSet tested = (BitSet) train.clone();
      tested.andNot(test);
      sentences.add(
          sentence(
              "train on, and %d of these some to test on".formatted(tested.cardinality()), train));
    }
    if (validation.equals(test) && !test.isEmpty()) {
      sentences.add(sentence("validate or test on", test));
    } else {
      if (!validation.isEmpty()) {
        sentences.add(sentence("validate on", validation));
      }
      if (!test.isEmpty()) {
        sentences.add(sentence("test on", test));
      }
    }
    return sentences;
  }

  private String sentence(String purpose, BitSet missing) {
    return "%d of %d classes have no picture to %s: %s"
        .formatted(
            missing.cardinality(),
            names.size(),
            purpose,
            ClassNames.listed(missing.stream().mapToObj(names::get).toList()));
  }

  /** The same for the operator; null: no class is missing. */
  @Nullable ClassesWithoutPictures report() {
    return train.isEmpty() && validation.isEmpty() && test.isEmpty()
        ? null
        : new ClassesWithoutPictures(listed(train), listed(validation), listed(test));
  }

  private @Nullable Listed listed(BitSet missing) {
    return missing.isEmpty()
        ? null
        : new Listed(
            missing.cardinality(),
            missing.stream()
                .limit(ClassesWithoutPictures.MOST_NAMED)
                .mapToObj(label -> shortened(names.get(label)))
                .toList());
  }

  private static String shortened(String name) {
    return name.codePointCount(0, name.length()) <= LONGEST_NAME
        ? name
        : name.substring(0, name.offsetByCodePoints(0, LONGEST_NAME - 1)) + "…";
  }
}
