package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds fields that the schema does not have, which kubectl refuses as the API server says. */
final class UnknownFields {
  private static final Set<String> OF_EVERY_RESOURCE = Set.of("apiVersion", "kind", "metadata");

  private final List<Problem> problems = new ArrayList<>();

  private UnknownFields() {}

  static List<Problem> in(JsonNode schema, JsonNode object) {
    var unknown = new UnknownFields();
    for (var field : object.properties()) {
      if (!OF_EVERY_RESOURCE.contains(field.getKey())) {
        unknown.field(schema, field.getKey(), field.getValue(), "");
      }
    }
    return unknown.problems;
  }

  /** What is said about a field that is not one of the known ones. */
  static String message(String field, Collection<String> known) {
    return "unknown field; "
        + Spelling.closest(field, known)
            .map(name -> "did you mean " + name + "?")
            .orElseGet(() -> "known here: " + String.join(", ", new TreeSet<>(known)));
  }

  private void field(JsonNode parent, String name, JsonNode value, String parentPath) {
    String path = parentPath.isEmpty() ? name : parentPath + "." + name;
    if (parent.path("properties").has(name)) {
      value(parent.get("properties").get(name), value, path);
    } else if (parent.has("additionalProperties")) {
      value(parent.get("additionalProperties"), value, path);
    } else if (parent.has("properties")) {
      List<String> known = new ArrayList<>();
      parent.get("properties").fieldNames().forEachRemaining(known::add);
      problems.add(new Problem(path, message(name, known)));
    }
  }

  private void value(JsonNode schema, JsonNode value, String path) {
    if (value.isObject()) {
      value.properties().forEach(field -> field(schema, field.getKey(), field.getValue(), path));
    } else if (value.isArray()) {
      for (int i = 0; i < value.size(); i++) {
        value(schema.path("items"), value.get(i), path + "[" + i + "]");
      }
    }
  }
}
