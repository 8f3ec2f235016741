package training.fusion.operator.bounds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import training.fusion.operator.bounds.StatusSchema.Misfit;

/** Brings a value within a schema, and notes what did not fit. */
record Fitting(List<Misfit> misfits) {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  Optional<JsonNode> fit(JSONSchemaProps schema, JsonNode value, String path) {
    if (value.isNull()) {
      return Optional.empty();
    }
    return switch (schema.getType()) {
      case "object" -> object(schema, value, path);
      case "array" -> list(schema, value, path);
      case "string" -> text(schema, value, path);
      case "boolean" -> value.isBoolean() ? Optional.of(value) : none(path, "true or false");
      default -> number(schema, value, path);
    };
  }

  private Optional<JsonNode> object(JSONSchemaProps schema, JsonNode value, String path) {
    if (!value.isObject()) {
      return none(path, "an object");
    }
    ObjectNode fitting = JSON.objectNode();
    for (var field : value.properties()) {
      JSONSchemaProps property = schema.getProperties().get(field.getKey());
      if (property != null) { // what a newer version says more, the API server drops, too
        fit(property, field.getValue(), join(path, field.getKey()))
            .ifPresent(fit -> fitting.set(field.getKey(), fit));
      }
    }
    for (String required : Objects.requireNonNullElse(schema.getRequired(), List.<String>of())) {
      if (!fitting.has(required)) {
        return none(join(path, required), "there");
      }
    }
    return Optional.of(fitting);
  }

  private Optional<JsonNode> list(JSONSchemaProps schema, JsonNode value, String path) {
    if (!value.isArray()) {
      return none(path, "a list");
    }
    List<JsonNode> fitting = new ArrayList<>();
    for (int i = 0; i < value.size(); i++) {
      fit(schema.getItems().getSchema(), value.get(i), path + "[" + i + "]")
          .ifPresent(fitting::add);
    }
    Long most = schema.getMaxItems();
    if (most != null && fitting.size() > most) {
      misfits.add(new Misfit(path, "a list of at most " + most));
      fitting = Shortened.thinned(fitting, most.intValue());
    }
    ArrayNode list = JSON.arrayNode();
    return Optional.of(list.addAll(fitting));
  }

  private Optional<JsonNode> text(JSONSchemaProps schema, JsonNode value, String path) {
    if (!value.isTextual()) {
      return none(path, "a text");
    }
    if (schema.getEnum() != null && !schema.getEnum().isEmpty()) {
      List<String> known = schema.getEnum().stream().map(JsonNode::asText).toList();
      return known.contains(value.textValue())
          ? Optional.of(value)
          : none(path, "one of " + String.join(", ", known));
    }
    // half of a surrogate pair would come back as another character, and be written again and again
    String text =
        new String(value.textValue().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    if (schema.getMinLength() != null && text.length() < schema.getMinLength()) {
      return none(path, "a text of at least " + schema.getMinLength() + " characters");
    }
    if (schema.getMaxLength() != null) {
      int most = schema.getMaxLength().intValue();
      String shortened = Shortened.toCharacters(text, most);
      if (!shortened.equals(text)) {
        misfits.add(new Misfit(path, "a text of at most " + most + " characters"));
      }
      text = shortened;
    }
    return Optional.of(TextNode.valueOf(text));
  }

  private Optional<JsonNode> number(JSONSchemaProps schema, JsonNode value, String path) {
    boolean whole = "integer".equals(schema.getType());
    boolean kept = value.isNumber() && Double.isFinite(value.doubleValue());
    if (kept && whole) {
      kept =
          value.canConvertToExactIntegral()
              && ("int32".equals(schema.getFormat())
                  ? value.canConvertToInt()
                  : value.canConvertToLong());
    }
    if (!kept || isOutside(schema, value.doubleValue())) {
      return none(path, range(schema, whole ? "a whole number" : "a finite number"));
    }
    return Optional.of(
        whole && !value.isIntegralNumber() ? JSON.numberNode(value.longValue()) : value);
  }

  private static boolean isOutside(JSONSchemaProps schema, double value) {
    Double least = schema.getMinimum();
    Double most = schema.getMaximum();
    boolean above = Boolean.TRUE.equals(schema.getExclusiveMinimum());
    boolean below = Boolean.TRUE.equals(schema.getExclusiveMaximum());
    return (least != null && (value < least || (above && value == least)))
        || (most != null && (value > most || (below && value == most)));
  }

  private static String range(JSONSchemaProps schema, String kind) {
    if (schema.getMinimum() == null) {
      return kind;
    }
    return schema.getMaximum() == null
        ? "%s, %s or more".formatted(kind, plain(schema.getMinimum()))
        : "%s, %s to %s".formatted(kind, plain(schema.getMinimum()), plain(schema.getMaximum()));
  }

  private static String plain(double bound) {
    return bound == Math.rint(bound) ? String.valueOf((long) bound) : String.valueOf(bound);
  }

  private Optional<JsonNode> none(String path, String right) {
    misfits.add(new Misfit(path, right));
    return Optional.empty();
  }

  private static String join(String path, String field) {
    return path.isEmpty() ? field : path + "." + field;
  }
}
