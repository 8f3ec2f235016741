package training.fusion.trainer.weights;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.BufferSpec;
import training.fusion.trainer.model.ParameterSpec;

/**
 * A file's tensors laid beside what a network of some convention needs.
 *
 * @param sources by torchvision's name, the tensors that make it up; the classifier's, if the file
 *     has one, whatever its number of classes
 * @param present how many names of the network are there
 * @param problems what is missing, not expected, or of another shape, by the file's names
 */
record Fit(
    Convention convention,
    Map<String, List<StoredTensor>> sources,
    int present,
    List<String> problems) {
  static final Pattern HEAD = Pattern.compile("(classifier\\.1|heads\\.head)\\.(weight|bias)");
  static final String POSITIONS = "encoder.pos_embedding";

  boolean isExact() {
    return problems.isEmpty();
  }

  static Fit of(Convention convention, ArchitectureTable table, Map<String, StoredTensor> file) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    file.forEach(
        (name, tensor) -> tensors.put(Renaming.apply(convention.spellings(), name).get(0), tensor));
    var fit = new Fit(convention, new LinkedHashMap<>(), 0, new ArrayList<>());
    Set<String> used = new HashSet<>();
    for (ParameterSpec parameter : table.parameters()) {
      List<Long> shape = java.util.Arrays.stream(parameter.shape().getShape()).boxed().toList();
      fit.lookUp(parameter.name(), shape, tensors, used);
    }
    for (BufferSpec buffer : table.buffers()) {
      List<Long> shape = buffer.counter() ? List.of() : List.of((long) buffer.channels());
      fit.lookUp(buffer.name(), shape, tensors, used);
    }
    tensors.keySet().stream()
        .filter(name -> !used.contains(name) && !convention.ignored().matcher(name).matches())
        .forEach(name -> fit.problems.add(name + " is not expected"));
    return new Fit(convention, fit.sources, fit.sources.size(), fit.problems);
  }

  private void lookUp(
      String name, List<Long> shape, Map<String, StoredTensor> tensors, Set<String> used) {
    List<String> names = Renaming.apply(convention.names(), name);
    used.addAll(names);
    List<String> missing = names.stream().filter(n -> !tensors.containsKey(n)).toList();
    if (!missing.isEmpty()) {
      boolean optional = HEAD.matcher(name).matches() || name.endsWith("num_batches_tracked");
      if (!optional) {
        missing.forEach(n -> problems.add(n + " is missing"));
      }
      return;
    }
    List<StoredTensor> parts = names.stream().map(tensors::get).toList();
    sources.put(name, parts);
    if (HEAD.matcher(name).matches()) {
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
      if (!parts.get(i).shape().equals(each)) {
        problems.add(
            "%s has shape %s, expected %s".formatted(names.get(i), parts.get(i).shape(), each));
      }
    }
  }

  /** Patches along a side of a square grid of position embeddings; 0 if it is none. */
  static int side(List<Long> shape, List<Long> expected) {
    if (shape.size() != 3 || shape.get(0) != 1 || !shape.get(2).equals(expected.get(2))) {
      return 0;
    }
    int side = (int) Math.sqrt((double) shape.get(1) - 1);
    return (long) side * side + 1 == shape.get(1) ? side : 0;
  }

  /** The problems in one sentence, the first few by name. */
  String tellProblems() {
    return listed(problems, Function.identity());
  }

  static <T> String listed(List<T> values, Function<T, String> text) {
    int most = 12;
    String first = values.stream().limit(most).map(text).collect(Collectors.joining("; "));
    return values.size() <= most ? first : "%s; and %d more".formatted(first, values.size() - most);
  }
}
