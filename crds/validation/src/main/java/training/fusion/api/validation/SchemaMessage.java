package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Says in words how a value differs from its schema. */
final class SchemaMessage {
  private SchemaMessage() {}

  /**
   * A sentence for a person.
   *
   * @param keyword the schema's keyword that does not hold
   * @param schema the schema of the field at fault
   * @param value its value; for a required field the object that lacks it
   */
  static String of(String keyword, JsonNode schema, @Nullable JsonNode value) {
    String found = shown(value);
    if (schema.has("x-kubernetes-int-or-string")) {
      return "must be a quantity such as 2, 500m or 16Gi, but is " + found;
    }
    return switch (keyword) {
      case "required" -> "is required" + purpose(schema);
      case "type" -> type(schema, value);
      case "enum" -> notOneOf(schema, value);
      case "minimum" ->
          "must be %s %s, but is %s"
              .formatted(
                  schema.has("exclusiveMinimum") ? "above" : "at least",
                  schema.get("minimum"),
                  found);
      case "maximum" ->
          "must be %s %s, but is %s"
              .formatted(
                  schema.has("exclusiveMaximum") ? "below" : "at most",
                  schema.get("maximum"),
                  found);
      case "minLength", "maxLength" -> size(schema, "Length", "characters", found);
      case "minItems", "maxItems" -> size(schema, "Items", "elements", found);
      case "minProperties", "maxProperties" -> size(schema, "Properties", "entries", found);
      case "pattern" -> found + " is not what it should be" + purpose(schema);
      default -> "does not satisfy " + keyword + purpose(schema);
    };
  }

  private static String type(JsonNode schema, @Nullable JsonNode value) {
    String wanted =
        switch (schema.path("type").asText()) {
          case "integer" -> "a whole number";
          case "number" -> "a number";
          case "boolean" -> "true or false";
          case "string" -> "text";
          case "array" -> "a list";
          default -> "an object with fields";
        };
    String found =
        value == null || value.isNull()
            ? "null"
            : value.isTextual()
                ? "the text " + value
                : value.isContainerNode() ? (value.isArray() ? "a list" : "an object") : "" + value;
    return "must be " + wanted + ", but is " + found + hint(schema, value);
  }

  private static String hint(JsonNode schema, @Nullable JsonNode value) {
    if (value == null) {
      return "";
    }
    boolean number = List.of("integer", "number").contains(schema.path("type").asText());
    if (number && value.isTextual() && YamlScalar.parse(value.asText()).isNumber()) {
      return "; write it without quotes";
    }
    if (schema.path("type").asText().equals("string") && value.isValueNode()) {
      return "; write it in quotes";
    }
    return "";
  }

  private static String notOneOf(JsonNode schema, @Nullable JsonNode value) {
    List<String> known = new ArrayList<>();
    schema.path("enum").forEach(name -> known.add(name.asText()));
    String guess =
        value == null
            ? ""
            : Spelling.closest(value.asText(), known)
                .map(name -> "; did you mean " + name + "?")
                .orElse("");
    return shown(value) + " is not one of " + String.join(", ", known) + guess;
  }

  private static String size(JsonNode schema, String what, String unit, String found) {
    long least = schema.path("min" + what).asLong(0);
    long most = schema.path("max" + what).asLong(Long.MAX_VALUE);
    String wanted =
        least == most
            ? "exactly " + most
            : most == Long.MAX_VALUE
                ? "at least " + least
                : least == 0 ? "at most " + most : "between " + least + " and " + most;
    return "must have " + wanted + " " + unit + ", but is " + found;
  }

  /** The description as an explanation of what would be right. */
  private static String purpose(JsonNode schema) {
    return schema.has("description") ? ": " + schema.get("description").asText() : "";
  }

  /** The value as it stands in JSON, not longer than a line. */
  private static String shown(@Nullable JsonNode value) {
    String text = String.valueOf(value);
    return text.length() <= 80 ? text : text.substring(0, 77) + "...";
  }
}
