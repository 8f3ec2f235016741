package training.fusion.api.resource.generate;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toList;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import training.fusion.api.Architecture;
import training.fusion.api.Hyperparameter;
import training.fusion.api.Model;
import training.fusion.api.Optimization;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;
import training.fusion.api.Training;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.sweep.SweepStrategies;

/**
 * What the rows of {@link Architecture} and {@link OptimizerType} mean for the schema: one rule for
 * each thing that a row excludes, and the parts of descriptions that stand in {@code ${…}}.
 */
final class Choices {
  private static final List<Architecture> ARCHITECTURES = List.of(Architecture.values());

  private Choices() {}

  /** Completes the schema of a record that depends on the rows, and leaves others alone. */
  static void apply(ObjectNode schema, Class<?> type) {
    if (type == Optimizer.class) {
      optimizer(schema);
    } else if (type == Model.class) {
      model(schema);
    } else if (type == FusionTrainingSpec.class) {
      training(schema);
    } else if (type == Training.class) {
      fill(schema, "imageSize", "${defaults}", valuesOf(ARCHITECTURES, Architecture::imageSize));
    } else if (type == Optimization.LowLevel.class || type == Optimization.Level.class) {
      fill(schema, "lastBlock", "${boundaries}", boundaries());
    } else if (type == SweepStrategies.Fusions.class) {
      fill(schema, "lastBlocks", "${boundaries}", boundaries());
    }
  }

  private static void optimizer(ObjectNode schema) {
    for (Hyperparameter field : Hyperparameter.values()) {
      List<OptimizerType> having = having(field);
      fill(schema, field.toString(), "${types}", and(having));
      fill(schema, field.toString(), "${defaults}", valuesOf(having, t -> t.defaults().get(field)));
      boolean all = having.size() == OptimizerType.values().length - 1;
      rule(
          schema,
          "." + field,
          all ? "self.type != '%s'".formatted(OptimizerType.NONE) : oneOf("self.type", having),
          "!has(self.%s)".formatted(field),
          all
              ? "an optimizer of type None updates nothing and has no %s; remove it"
                  .formatted(field)
              : appliesTo(field, having, field.remedy()));
    }
  }

  private static void model(ObjectNode schema) {
    if (schema.at("/properties/module/properties/blocks/items") instanceof ObjectNode block) {
      // the generator reads the bounds of a list and of what is in it, and no further
      block.put("minItems", 1).put("maxItems", 256);
      ((ObjectNode) block.get("items")).put("minLength", 1).put("maxLength", 512);
    }
    fill(schema, "dropout", "${defaults}", valuesOf(ARCHITECTURES, Architecture::dropout));
    List<Architecture> deep = where(architecture -> architecture.stochasticDepth() != null);
    fill(
        schema,
        "stochasticDepth",
        "${defaults}",
        valuesOf(deep, a -> Objects.requireNonNull(a.stochasticDepth())));
    rule(
        schema,
        ".stochasticDepth",
        "!has(self.architecture) || " + oneOf("self.architecture", deep),
        "!has(self.stochasticDepth) || self.stochasticDepth == 0.0",
        appliesTo("stochasticDepth", deep, "; remove it, or set it to 0"));
  }

  private static void training(ObjectNode schema) {
    for (Architecture architecture : ARCHITECTURES) {
      String another =
          "!has(self.model.architecture) || self.model.architecture != '%s'"
              .formatted(architecture);
      String boundary = "optimization.fusion.lowLevel.lastBlock";
      rule(
          schema,
          "." + boundary,
          "!has(self.optimization.fusion)",
          another + " || self.%s <= %d".formatted(boundary, architecture.lastBoundary()),
          boundaryMessage(architecture));
      rule(
          schema,
          ".optimization.levels",
          "!has(self.optimization.levels)",
          another
              + " || self.optimization.levels.all(level, !has(level.lastBlock) || level.lastBlock <= %d)"
                  .formatted(architecture.lastBoundary()),
          boundaryMessage(architecture));
      if (architecture.family().batchNorm()) {
        int smallest = architecture.smallestBatch();
        String least = architecture + " has batch norm: %s must be at least " + smallest;
        rule(
            schema,
            ".training.batchSize",
            another,
            "self.training.batchSize >= " + smallest,
            least.formatted("batchSize"));
        rule(
            schema,
            ".training.microBatchSize",
            another,
            "self.training.microBatchSize != 1",
            least.formatted("microBatchSize") + ", or 0 for as many as fit");
      }
    }
  }

  private static String boundaryMessage(Architecture architecture) {
    return "%s has blocks 0–%d and keeps one for the high level: lastBlock must be in 0–%d"
        .formatted(architecture, architecture.blocks() - 1, architecture.lastBoundary());
  }

  private static void rule(
      ObjectNode schema, String path, String unless, String holds, String message) {
    schema
        .withArray("x-kubernetes-validations")
        .addObject()
        .put("fieldPath", path)
        .put("message", message)
        .put("rule", unless + " || " + holds);
  }

  private static void fill(ObjectNode schema, String field, String place, String text) {
    JsonNode property = schema.at("/properties/" + field);
    if (property instanceof ObjectNode object) {
      object.put("description", object.path("description").asText().replace(place, text));
    }
  }

  private static List<OptimizerType> having(Hyperparameter field) {
    return Stream.of(OptimizerType.values()).filter(t -> t.defaults().containsKey(field)).toList();
  }

  private static List<Architecture> where(Predicate<Architecture> holds) {
    return ARCHITECTURES.stream().filter(holds).toList();
  }

  private static String appliesTo(Object field, List<?> having, String remedy) {
    return field + " applies to " + and(having) + (having.size() == 1 ? " only" : "") + remedy;
  }

  private static String oneOf(String value, List<?> choices) {
    return choices.size() == 1
        ? "%s == '%s'".formatted(value, choices.get(0))
        : choices.stream().map("'%s'"::formatted).collect(joining(", ", value + " in [", "]"));
  }

  /** {@code Adam, AdamW and NAdam}. */
  private static String and(List<?> choices) {
    List<String> names = choices.stream().map(Object::toString).toList();
    int last = names.size() - 1;
    return last == 0
        ? names.get(0)
        : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }

  /** {@code SGD, Adam 0.001; NAdam 0.002}; where all have the same, only that. */
  private static <T> String valuesOf(List<T> choices, Function<T, Object> value) {
    Map<Object, List<T>> alike =
        choices.stream().collect(groupingBy(value, LinkedHashMap::new, toList()));
    return alike.size() == 1
        ? text(alike.keySet().iterator().next())
        : alike.entrySet().stream()
            .map(same -> comma(same.getValue()) + " " + text(same.getKey()))
            .collect(joining("; "));
  }

  private static String boundaries() {
    Map<Integer, List<Architecture>> alike =
        ARCHITECTURES.stream()
            .collect(groupingBy(Architecture::lastBoundary, LinkedHashMap::new, toList()));
    return alike.entrySet().stream()
        .map(same -> "0–%d for %s".formatted(same.getKey(), comma(same.getValue())))
        .collect(joining(", "));
  }

  private static String comma(List<?> choices) {
    return choices.stream().map(Object::toString).collect(joining(", "));
  }

  /** A number as people write it: 0, 0.9, 1e-8. */
  private static String text(Object value) {
    return value instanceof Double number && number == Math.rint(number)
        ? String.valueOf(number.longValue())
        : String.valueOf(value).replace("E", "e").replace(".0e", "e");
  }
}
