package training.fusion.trainer.weights;

import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * What stands before a network's names in a file: {@code module.} of DataParallel, {@code
 * _orig_mod.} of torch.compile, the attribute that holds the network in a larger module, or several
 * of them. They are told by the names that follow.
 */
final class Prefixes {
  /** Longer than any module's, and short enough to be looked at from each of its dots. */
  private static final int LONGEST_NAME = 1024;

  private Prefixes() {}

  /**
   * The prefixes that may be meant, those with most of the network's names first; the empty one
   * where there is none.
   */
  static List<String> of(StateDict dictionary, Convention convention, ArchitectureTable table) {
    Set<String> wanted = new HashSet<>();
    long needed = 0;
    for (String name : names(table).toList()) {
      wanted.addAll(Renaming.apply(convention.names(), name));
      needed += convention.isOptional(name) ? 0 : 1;
    }
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (String name : dictionary.tensors().keySet()) {
      int at = prefixLength(name, convention, wanted);
      if (at >= 0) {
        counts.merge(name.substring(0, at), 1, Integer::sum);
      }
    }
    long half = needed / 2;
    List<String> likely =
        counts.entrySet().stream()
            .filter(count -> count.getValue() > half)
            .sorted(Comparator.comparing(count -> -count.getValue()))
            .map(Map.Entry::getKey)
            .toList();
    return likely.isEmpty() ? List.of("") : likely;
  }

  /** How much of a name stands before one that is wanted; −1 if none is in it. */
  private static int prefixLength(String name, Convention convention, Set<String> wanted) {
    if (name.length() > LONGEST_NAME) {
      return -1;
    }
    int at = 0;
    while (Convention.beginsWithWrapper(name.substring(at))
        || !wanted.contains(convention.spelled(name.substring(at)))) {
      at = name.indexOf('.', at) + 1;
      if (at == 0) {
        return -1;
      }
    }
    return at;
  }

  private static Stream<String> names(ArchitectureTable table) {
    return Stream.concat(
        table.parameters().stream().map(ParameterSpec::name),
        table.buffers().stream().filter(buffer -> !buffer.isConstant()).map(BufferSpec::name));
  }
}
