package training.fusion.api.resource.generate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import training.fusion.api.resource.Mutable;

/**
 * One rule per part of the spec: once the run has begun it may change only together with {@code
 * runId}, unless it is {@link Mutable}. A part that has a mutable field of its own is compared
 * field by field. Parts are compared one by one, because the API server refuses a rule that could
 * compare too much. The rules are the whole object's, for they read its status; whoever changes a
 * spec changes no status, and the API server compares with the status that is stored at that
 * moment.
 */
final class Immutability {
  /** Whoever succeeded has begun, also where an older operator has not written that down. */
  private static final String FREE =
      "self.spec.runId != oldSelf.spec.runId || !has(self.status) || !(has(self.status.begun) &&"
          + " self.status.begun || has(self.status.state) && self.status.state == 'Succeeded') || ";

  private final ObjectNode root;

  private Immutability(ObjectNode root) {
    this.root = root;
  }

  /**
   * Adds the rules to a resource's schema.
   *
   * @param type of its spec
   */
  static void addRules(ObjectNode root, Class<?> type) {
    new Immutability(root).parts(root.at("/properties/spec"), type, "");
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
    String now = "self.spec." + path;
    String before = "oldSelf.spec." + path;
    String same = now + " == " + before;
    String compared =
        present ? same : "has(%s) == has(%s) && (!has(%s) || %s)".formatted(now, before, now, same);
    root.withArray("x-kubernetes-validations")
        .addObject()
        .put("fieldPath", ".spec." + path)
        .put(
            "message",
            path
                + " cannot change within a run that has begun; set a new spec.runId to run with the"
                + " change")
        .put("rule", FREE + compared);
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
