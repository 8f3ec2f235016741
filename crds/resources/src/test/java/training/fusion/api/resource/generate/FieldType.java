package training.fusion.api.resource.generate;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import training.fusion.api.Formats;

/** A field's type and bounds in a few words. */
final class FieldType {
  private static final Map<String, String> FORMATS =
      Map.of(
          Formats.NAME, "DNS subdomain",
          Formats.NAME_OR_EMPTY, "DNS subdomain or empty",
          Formats.DNS_LABEL, "DNS label",
          Formats.LABEL_KEY, "label key",
          Formats.LABEL_KEY_OR_EMPTY, "label key or empty",
          Formats.LABEL_VALUE, "label value",
          Formats.CONFIG_KEY, "letters, digits, `-`, `_` and `.`",
          Formats.VARIABLE, "printable ASCII without `=`");

  private FieldType() {}

  static String of(JsonNode schema) {
    if (schema.has("enum")) {
      List<String> values = new ArrayList<>();
      schema.get("enum").forEach(value -> values.add("`" + value.asText() + "`"));
      return String.join(", ", values);
    }
    if (schema.path("x-kubernetes-int-or-string").asBoolean()) {
      return "quantity";
    }
    return switch (schema.get("type").asText()) {
      case "array" ->
          "list, " + count(schema, "Items", "") + ", of " + element(schema.get("items"));
      case "object" ->
          schema.has("additionalProperties")
              ? "map, "
                  + count(schema, "Properties", "")
                  + ", of "
                  + element(schema.get("additionalProperties"))
              : "object";
      case "string" -> string(schema);
      case "integer", "number" -> schema.get("type").asText() + range(schema);
      default -> schema.get("type").asText();
    };
  }

  private static String element(JsonNode schema) {
    return schema.path("type").asText().equals("object") ? "objects" : of(schema);
  }

  private static String string(JsonNode schema) {
    return "string, " + count(schema, "Length", " characters") + pattern(schema);
  }

  private static String pattern(JsonNode schema) {
    String pattern = schema.path("pattern").asText();
    if (pattern.isEmpty()) {
      return "";
    }
    String format = FORMATS.get(pattern);
    return format == null ? ", `" + pattern.replace("|", "\\|") + "`" : ", " + format;
  }

  private static String count(JsonNode schema, String what, String unit) {
    long least = schema.path("min" + what).asLong(0);
    long most = schema.path("max" + what).asLong();
    String number = least == most ? "" + most : least == 0 ? "≤ " + most : least + "–" + most;
    return number + unit;
  }

  private static String range(JsonNode schema) {
    String least =
        schema.has("minimum")
            ? (schema.has("exclusiveMinimum") ? " > " : " ≥ ") + plain(schema.get("minimum"))
            : "";
    String most =
        schema.has("maximum")
            ? (schema.has("exclusiveMaximum") ? " < " : " ≤ ") + plain(schema.get("maximum"))
            : "";
    return least.isEmpty() || most.isEmpty() ? least + most : least + "," + most;
  }

  private static String plain(JsonNode number) {
    return number.decimalValue().stripTrailingZeros().toPlainString();
  }
}
