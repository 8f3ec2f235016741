package training.fusion.operator.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A JSON merge patch (RFC 7386). */
public final class MergePatch {
  private MergePatch() {}

  /**
   * The smallest merge patch that turns one object into another; empty when they are equal. A null
   * counts as absent, as it does in a merge patch. Lists are replaced as a whole.
   */
  public static ObjectNode between(JsonNode from, JsonNode to) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    for (var field : to.properties()) {
      JsonNode before = from.path(field.getKey());
      JsonNode after = field.getValue();
      if (before.isObject() && after.isObject()) {
        ObjectNode inner = between(before, after);
        if (!inner.isEmpty()) {
          patch.set(field.getKey(), inner);
        }
      } else if (!isAbsent(after) && !before.equals(after)) {
        patch.set(field.getKey(), after);
      }
    }
    for (var field : from.properties()) {
      if (!isAbsent(field.getValue()) && isAbsent(to.path(field.getKey()))) {
        patch.putNull(field.getKey());
      }
    }
    return patch;
  }

  private static boolean isAbsent(JsonNode node) {
    return node.isMissingNode() || node.isNull();
  }
}
