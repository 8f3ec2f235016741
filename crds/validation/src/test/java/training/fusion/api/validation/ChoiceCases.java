package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Hyperparameter;
import training.fusion.api.OptimizerType;

/**
 * Every network and every optimizer with every rule that depends on which it is, as rows of {@code
 * cases.yaml} are written: the last value that fits, and the first that does not, by a refusal that
 * names the network or the types and their own numbers.
 */
final class ChoiceCases {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<JsonNode> rows = new ArrayList<>();

  private ChoiceCases() {}

  static List<JsonNode> rows() {
    var cases = new ChoiceCases();
    for (Architecture architecture : Architecture.values()) {
      cases.boundaries(architecture);
      cases.batches(architecture);
      cases.stochasticDepth(architecture);
    }
    for (OptimizerType type : OptimizerType.values()) {
      for (Hyperparameter field : Hyperparameter.values()) {
        cases.hyperparameter(type, field);
      }
    }
    return cases.rows;
  }

  private void boundaries(Architecture architecture) {
    int last = architecture.lastBoundary();
    String field = "spec.optimization.fusion.lowLevel.lastBlock";
    String says =
        "%s has blocks 0–%d and keeps one for the high level: lastBlock must be in 0–%d"
            .formatted(architecture, last + 1, last);
    add(architecture + " ends its low level with " + last, boundary(architecture, last));
    add(architecture + " and no block after", boundary(architecture, last + 1), field, says);
    add(architecture + " and a block beyond", boundary(architecture, 500), field, says);
    add(architecture + " has a level up to " + last, level(architecture, last));
    add(
        architecture + " has no level up to a block after",
        level(architecture, last + 1),
        "spec.optimization.levels",
        says);
  }

  private void batches(Architecture architecture) {
    for (String field : List.of("batchSize", "microBatchSize")) {
      ObjectNode change = model(architecture);
      change.withObject("/spec/training").put(field, 1);
      add(
          "%s of 1 with %s".formatted(field, architecture),
          change,
          "spec.training." + field,
          architecture.family().batchNorm()
              ? "%s has batch norm: %s must be at least 2".formatted(architecture, field)
              : null);
    }
  }

  private void stochasticDepth(Architecture architecture) {
    ObjectNode change = model(architecture);
    change.withObject("/spec/model").put("stochasticDepth", 0.3);
    add(
        "Stochastic depth of " + architecture,
        change,
        "spec.model.stochasticDepth",
        architecture.stochasticDepth() == null ? "stochasticDepth applies to " : null);
  }

  private void hyperparameter(OptimizerType type, Hyperparameter field) {
    boolean none = type == OptimizerType.NONE;
    String path = none ? "/spec/optimization/fusion/highLevel" : "/spec/optimization/single";
    ObjectNode change =
        none ? boundary(Architecture.EFFICIENTNET_V2_S, 0) : JSON.createObjectNode();
    ObjectNode optimizer = change.withObject(path + "/optimizer").put("type", type.toString());
    Object value =
        Stream.of(OptimizerType.values())
            .map(another -> another.defaults().get(field))
            .filter(Objects::nonNull)
            .findFirst()
            .orElseThrow();
    optimizer.putPOJO(field.toString(), value);
    String refused = none && appliesToAllOthers(field) ? "has no " + field : field + " applies to ";
    add(
        "%s with %s".formatted(type, field),
        JSON.valueToTree(change),
        path.substring(1).replace('/', '.') + ".optimizer." + field,
        type.defaults().containsKey(field) ? null : refused);
  }

  private static boolean appliesToAllOthers(Hyperparameter field) {
    return field == Hyperparameter.LEARNING_RATE || field == Hyperparameter.WEIGHT_DECAY;
  }

  private static ObjectNode model(Architecture architecture) {
    ObjectNode change = JSON.createObjectNode();
    change.withObject("/spec/model").put("architecture", architecture.toString());
    return change;
  }

  private static ObjectNode boundary(Architecture architecture, int lastBlock) {
    ObjectNode change = model(architecture);
    ObjectNode optimization = change.withObject("/spec/optimization").putNull("single");
    optimization
        .withObject("/fusion/lowLevel")
        .put("lastBlock", lastBlock)
        .withObject("/optimizer")
        .put("type", "Adam");
    optimization.withObject("/fusion/highLevel/optimizer").put("type", "SGD");
    return change;
  }

  private static ObjectNode level(Architecture architecture, int lastBlock) {
    ObjectNode change = model(architecture);
    var levels = change.withObject("/spec/optimization").putNull("single").putArray("levels");
    levels.addObject().put("lastBlock", lastBlock).putObject("optimizer").put("type", "Adam");
    levels.addObject().putObject("optimizer").put("type", "SGD");
    return change;
  }

  private void add(String name, JsonNode change) {
    add(name, change, "", null);
  }

  private void add(String name, JsonNode change, String field, @Nullable String says) {
    ObjectNode row = JSON.createObjectNode().put("name", name).set("change", change);
    if (says != null) {
      row.withObject("/refused").put("field", field).put("says", says);
    }
    rows.add(row);
  }
}
