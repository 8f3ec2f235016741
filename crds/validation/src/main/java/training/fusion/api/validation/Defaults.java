package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;

/**
 * Brings an object into the form that the API server stores: absent and null fields take their
 * default, other nulls are dropped, and a whole number written as 10.0 or 1e1 becomes 10.
 */
final class Defaults {
  private Defaults() {}

  static void apply(JsonNode schema, ObjectNode object) {
    for (var property : schema.path("properties").properties()) {
      JsonNode value = object.path(property.getKey());
      JsonNode standard = property.getValue().get("default");
      if (standard != null && (value.isMissingNode() || value.isNull())) {
        object.set(property.getKey(), standard.deepCopy());
      }
    }
    for (String name : new ArrayList<>(object.propertyStream().map(e -> e.getKey()).toList())) {
      JsonNode child = schemaOf(schema, name);
      JsonNode value = object.get(name);
      if (value.isNull() && !child.isMissingNode()) {
        object.remove(name);
      } else {
        object.set(name, stored(child, value));
      }
    }
  }

  private static JsonNode stored(JsonNode schema, JsonNode value) {
    if (value instanceof ObjectNode object) {
      apply(schema, object);
    } else if (value instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        array.set(i, stored(schema.path("items"), array.get(i)));
      }
    } else if (schema.path("type").asText().equals("integer")
        && value.isFloatingPointNumber()
        && value.canConvertToExactIntegral()
        && value.canConvertToLong()) {
      return LongNode.valueOf(value.longValue());
    }
    return value;
  }

  private static JsonNode schemaOf(JsonNode schema, String name) {
    JsonNode property = schema.path("properties").path(name);
    return property.isMissingNode() ? schema.path("additionalProperties") : property;
  }
}
