package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import dev.cel.common.values.NullValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * JSON as CEL's values. The schema decides what a number is: 1 is a double where it says number.
 */
final class CelValues {
  private CelValues() {}

  static Object of(JsonNode schema, JsonNode value) {
    return switch (value.getNodeType()) {
      case STRING -> value.textValue();
      case BOOLEAN -> value.booleanValue();
      case NUMBER -> number(schema, value);
      case ARRAY -> {
        List<Object> list = new ArrayList<>();
        value.forEach(element -> list.add(of(schema.path("items"), element)));
        yield list;
      }
      case OBJECT -> {
        Map<String, Object> map = new LinkedHashMap<>();
        for (var field : value.properties()) {
          map.put(field.getKey(), of(field(schema, field.getKey()), field.getValue()));
        }
        yield map;
      }
      default -> NullValue.NULL_VALUE;
    };
  }

  private static Object number(JsonNode schema, JsonNode value) {
    boolean integer =
        schema.path("type").asText().equals("integer")
            || (!schema.has("type") && value.isIntegralNumber());
    if (integer) {
      return value.longValue();
    }
    return value.doubleValue();
  }

  private static JsonNode field(JsonNode schema, String name) {
    JsonNode property = schema.path("properties").path(name);
    return property.isMissingNode() ? schema.path("additionalProperties") : property;
  }
}
