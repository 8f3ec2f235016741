package training.fusion.api.resource.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import training.fusion.api.resource.Mutable;

/**
 * One rule per part of the spec: it may change only together with {@code runId}, unless it is
 * {@link Mutable}. A part that has a mutable field of its own is compared field by field. Parts are
 * compared one by one, because the API server refuses a rule that could compare too much.
 */
final class Immutability {
  private final ObjectNode spec;

  private Immutability(ObjectNode spec) {
    this.spec = spec;
  }

  /** Adds the rules for a record to its schema. */
  static void addRules(ObjectNode spec, Class<?> type) {
    new Immutability(spec).parts(spec, type, "");
  }

  private void parts(JsonNode schema, Class<?> type, String prefix) {
    for (RecordComponent part : type.getRecordComponents()) {
      JsonNode partSchema = schema.get("properties").get(part.getName());
      String path = prefix + part.getName();
      if (part.isAnnotationPresent(Mutable.class)) {
        continue;
      }
      boolean present = partSchema.has("default") || required(schema, part.getName());
      if (!hasMutableParts(part.getType())) {
        rule(path, present);
      } else if (present) {
        parts(partSchema, part.getType(), path + ".");
      } else {
        throw new IllegalStateException(path + " has mutable fields and so needs a default");
      }
    }
  }

  private void rule(String path, boolean present) {
    String now = "self." + path;
    String before = "oldSelf." + path;
    String same = now + " == " + before;
    String compared =
        present ? same : "has(%s) == has(%s) && (!has(%s) || %s)".formatted(now, before, now, same);
    spec.withArray("x-kubernetes-validations")
        .addObject()
        .put("fieldPath", "." + path)
        .put(
            "message",
            path + " cannot change within a run; set a new spec.runId to run with the change")
        .put("rule", "self.runId != oldSelf.runId || " + compared);
  }

  private static boolean required(JsonNode schema, String name) {
    for (JsonNode required : schema.path("required")) {
      if (required.asText().equals(name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean hasMutableParts(Class<?> type) {
    return type.isRecord()
        && Arrays.stream(type.getRecordComponents())
            .anyMatch(part -> part.isAnnotationPresent(Mutable.class));
  }
}
