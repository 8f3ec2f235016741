package training.fusion.operator.sweep.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import training.fusion.api.OptimizationSummary;
import training.fusion.operator.sweep.trial.Cell;

/**
 * Strategies in words that tell one from another: where two of an arm and data set read the same,
 * the fields that differ follow in brackets, such as {@code Adam for all blocks [learningRate
 * 1.0E-4]}.
 */
final class StrategyLabels {
  private static final ObjectMapper JSON = new ObjectMapper();

  private StrategyLabels() {}

  /** One for each cell, none twice within an arm and data set. */
  static Map<Cell, String> of(List<Cell> cells) {
    Map<List<String>, List<Cell>> alike =
        cells.stream()
            .collect(
                Collectors.groupingBy(
                    cell -> List.of(cell.arm(), cell.dataset(), words(cell)),
                    LinkedHashMap::new,
                    Collectors.toList()));
    Map<Cell, String> labels = new LinkedHashMap<>();
    for (List<Cell> same : alike.values()) {
      Set<String> fields = differing(same);
      for (Cell cell : same) {
        labels.put(cell, words(cell) + (fields.isEmpty() ? "" : values(cell, fields)));
      }
    }
    return labels;
  }

  private static String words(Cell cell) {
    return OptimizationSummary.words(cell.optimization(), cell.architecture());
  }

  private static String values(Cell cell, Set<String> fields) {
    Map<String, String> all = fields(cell);
    return fields.stream()
        .map(field -> shortened(field) + " " + all.getOrDefault(field, "default"))
        .collect(Collectors.joining(", ", " [", "]"));
  }

  /**
   * {@code fusion.lowLevel.optimizer.learningRate} is {@code lowLevel.learningRate} to a reader.
   */
  private static String shortened(String field) {
    return field.replaceFirst("^\\w+\\.", "").replace("optimizer.", "");
  }

  private static Set<String> differing(List<Cell> cells) {
    List<Map<String, String>> all = cells.stream().map(StrategyLabels::fields).toList();
    Set<String> names = new HashSet<>();
    all.forEach(fields -> names.addAll(fields.keySet()));
    return names.stream()
        .filter(
            name ->
                all.stream()
                    .anyMatch(fields -> !Objects.equals(fields.get(name), all.get(0).get(name))))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static Map<String, String> fields(Cell cell) {
    Map<String, String> fields = new TreeMap<>();
    flatten("", JSON.valueToTree(cell.optimization()), fields);
    return fields;
  }

  private static void flatten(String path, JsonNode node, Map<String, String> into) {
    if (!node.isObject()) {
      into.put(path, node.isValueNode() ? node.asText() : node.toString());
    }
    node.fields()
        .forEachRemaining(
            entry ->
                flatten(
                    path.isEmpty() ? entry.getKey() : path + "." + entry.getKey(),
                    entry.getValue(),
                    into));
  }
}
