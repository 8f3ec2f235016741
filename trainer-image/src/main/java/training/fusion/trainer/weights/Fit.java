package training.fusion.trainer.weights;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * A dictionary's tensors laid beside what a network of some convention needs.
 *
 * @param prefix what stands before each name that is meant; names without it are left out
 * @param sources by torchvision's name, the tensors that make it up; the classifier's, if the file
 *     has one, whatever its number of classes
 * @param problems what is missing or of another shape, by the file's names
 * @param unexpected names that the network has no use for, with a prefix none
 */
record Fit(
    StateDict dictionary,
    String prefix,
    Convention convention,
    Map<String, List<StoredTensor>> sources,
    List<String> problems,
    List<String> unexpected) {
  static final String POSITIONS = "encoder.pos_embedding";

  /** Whether all that the network needs is there. */
  boolean isComplete() {
    return problems.isEmpty();
  }

  boolean isExact() {
    return isComplete() && unexpected.isEmpty();
  }

  /** How many names of the network are there. */
  int present() {
    return sources.size();
  }

  static Fit of(
      StateDict dictionary, String prefix, Convention convention, ArchitectureTable table) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    dictionary
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith(prefix)) {
                tensors.put(convention.spelled(name.substring(prefix.length())), tensor);
              }
            });
    var fit =
        new Fit(
            dictionary,
            prefix,
            convention,
            new LinkedHashMap<>(),
            new ArrayList<>(),
            new ArrayList<>());
    Set<String> used = new HashSet<>();
    for (ParameterSpec parameter : table.parameters()) {
      List<Long> shape = Arrays.stream(parameter.shape().getShape()).boxed().toList();
      fit.lookUp(parameter.name(), shape, tensors, used);
    }
    for (BufferSpec buffer : table.buffers()) {
      if (buffer.isConstant()) { // the network has it, whatever the file says
        used.add(buffer.name());
        continue;
      }
      List<Long> shape = buffer.counter() ? List.of() : List.of((long) buffer.channels());
      fit.lookUp(buffer.name(), shape, tensors, used);
    }
    tensors.keySet().stream()
        .filter(name -> !used.contains(name) && !convention.ignored().matcher(name).matches())
        .forEach(fit.unexpected::add);
    return fit;
  }

  private void lookUp(
      String name, List<Long> shape, Map<String, StoredTensor> tensors, Set<String> used) {
    List<String> names = Renaming.apply(convention.names(), name);
    used.addAll(names);
    List<String> missing = names.stream().filter(n -> !tensors.containsKey(n)).toList();
    if (!missing.isEmpty()) {
      if (!convention.isOptional(name)) {
        missing.forEach(n -> problems.add(n + tellMissing(n)));
      }
      return;
    }
    List<StoredTensor> parts = names.stream().map(tensors::get).toList();
    sources.put(name, parts);
    if (convention.isHead(name)) {
      return; // looked at when the number of classes is known
    }
    if (name.equals(POSITIONS)) {
      if (side(parts.get(0).shape(), shape) == 0) {
        problems.add(
            "%s has shape %s, expected [1, patches of a square + 1, %d]"
                .formatted(names.get(0), parts.get(0).shape(), shape.get(2)));
      }
      return;
    }
    List<Long> each = new ArrayList<>(shape);
    if (parts.size() > 1) {
      each.set(0, shape.get(0) / parts.size());
    }
    for (int i = 0; i < parts.size(); i++) {
      if (!essential(parts.get(i).shape()).equals(essential(each))) {
        problems.add(
            "%s has shape %s, expected %s".formatted(names.get(i), parts.get(i).shape(), each));
      }
    }
  }

  /** Without ones at its end: a 1×1 convolution is a linear layer, and a scale a vector. */
  private static List<Long> essential(List<Long> shape) {
    int end = shape.size();
    while (end > 1 && shape.get(end - 1) == 1) {
      end--;
    }
    return shape.subList(0, end);
  }

  private String tellMissing(String name) {
    String other = dictionary.others().get(prefix + name);
    return other == null ? " is missing" : " is no plain tensor, but " + other;
  }

  /** What the dictionary has besides, by name: with a prefix all that stands without it. */
  List<String> leftOut() {
    var leftOut = new ArrayList<String>();
    dictionary.tensors().keySet().stream()
        .filter(
            name ->
                !name.startsWith(prefix)
                    || convention
                        .ignored()
                        .matcher(convention.spelled(name.substring(prefix.length())))
                        .matches())
        .forEach(leftOut::add);
    dictionary.others().forEach((name, kind) -> leftOut.add("%s (%s)".formatted(name, kind)));
    return leftOut;
  }

  /** Patches along a side of a square grid of position embeddings; 0 if it is none. */
  static int side(List<Long> shape, List<Long> expected) {
    if (shape.size() != 3 || shape.get(0) != 1 || !shape.get(2).equals(expected.get(2))) {
      return 0;
    }
    int side = (int) Math.sqrt((double) shape.get(1) - 1);
    return (long) side * side + 1 == shape.get(1) ? side : 0;
  }

  /** What does not fit in one sentence, the first few by name. */
  String tellProblems() {
    List<String> all = new ArrayList<>(problems);
    unexpected.forEach(name -> all.add(name + " is not expected"));
    return listed(all, Function.identity());
  }

  static <T> String listed(List<T> values, Function<T, String> text) {
    int most = 12;
    String first =
        values.stream()
            .limit(most)
            .map(value -> shortened(text.apply(value)))
            .collect(Collectors.joining("; "));
    return values.size() <= most ? first : "%s; and %d more".formatted(first, values.size() - most);
  }

  private static String shortened(String text) {
    int most = 300;
    return text.length() <= most ? text : text.substring(0, most) + "…";
  }
}
