package training.fusion.trainer.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.label.ClassNames;

/**
 * A file's classifier that is kept. Its outputs are matched with the data set's classes by name
 * where the file has names, as a model trained here does; else by their place, which nothing can
 * check.
 *
 * @param classes names, in the order of the outputs; null: the file has none
 * @param wanted names in the order that is wanted; null: as they are
 */
record KeptHead(Path file, @Nullable List<String> classes, @Nullable List<String> wanted) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static KeptHead of(WeightsFile file) {
    String names = file.metadata().get("classes");
    try {
      return new KeptHead(
          file.path(),
          names == null ? null : JSON.readValue(names, new TypeReference<List<String>>() {}),
          null);
    } catch (JsonProcessingException e) {
      throw WeightsFile.badWeights(
          "%s does not serve as weights: its header's classes are no list of names"
              .formatted(file.path()));
    }
  }

  /** What can't be checked; empty if all can. */
  String unchecked() {
    return classes == null
        ? ", and the file does not name its classes: that its outputs are the data set's classes in the order of their names can't be checked"
        : "";
  }

  /**
   * The same for classes in an order.
   *
   * @throws TrainingFailure if the file names others
   */
  KeptHead matchedWith(List<String> names) {
    if (classes == null) {
      return this;
    }
    if (classes.size() == names.size() && new HashSet<>(classes).equals(new HashSet<>(names))) {
      return new KeptHead(file, classes, names);
    }
    ClassNames.Comparison compared = ClassNames.Comparison.of(classes, names);
    List<String> differences = new ArrayList<>(compared.alike());
    if (!compared.added().isEmpty()) {
      differences.add("it lacks " + ClassNames.listed(compared.added()));
    }
    if (!compared.gone().isEmpty()) {
      differences.add("the data set lacks " + ClassNames.listed(compared.gone()));
    }
    throw WeightsFile.badWeights(
        "%s has a classifier for other classes: %s; they are matched by name, letter by letter: rename the data set's, or set model.pretrained.head: New to draw a new one"
            .formatted(file, String.join(": ", differences)));
  }

  /**
   * Brings the rows of weight or bias into the order that is wanted.
   *
   * @param values rows of one length, one for each class
   */
  float[] inOrder(float[] values) {
    if (classes == null || wanted == null || classes.equals(wanted)) {
      return values;
    }
    Map<String, Integer> rows = new HashMap<>();
    classes.forEach(name -> rows.put(name, rows.size()));
    int length = values.length / classes.size();
    float[] ordered = new float[values.length];
    for (int to = 0; to < wanted.size(); to++) {
      int from = Objects.requireNonNull(rows.get(wanted.get(to)));
      System.arraycopy(values, from * length, ordered, to * length, length);
    }
    return ordered;
  }
}
