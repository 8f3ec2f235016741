package training.fusion.operator.reading;

import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Where an object could not be read, and why, in words for whoever wrote it. */
final class ReadingProblem {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST = 100;
  private static final String SPEC = "spec";

  private ReadingProblem() {}

  /** Removes the field at fault from the tree; all of it, where no field is known. */
  static UnreadField leaveOut(ObjectNode tree, JsonMappingException problem) {
    JsonNode parent = tree;
    JsonNode node = tree;
    StringBuilder path = new StringBuilder();
    JsonMappingException.Reference last = null;
    for (JsonMappingException.Reference step : problem.getPath()) {
      JsonNode next =
          step.getFieldName() == null ? node.get(step.getIndex()) : node.get(step.getFieldName());
      if (next == null) {
        break; // a creator's own parameter, or the like
      }
      parent = node;
      node = next;
      last = step;
      path.append(
          step.getFieldName() == null
              ? "[" + step.getIndex() + "]"
              : (path.isEmpty() ? "" : ".") + step.getFieldName());
    }
    var unread = new UnreadField(path.toString(), cut(node.toString()), words(problem));
    if (last == null) {
      tree.removeAll();
    } else if (unread.field().equals(SPEC) && !node.isEmpty()) {
      tree.putObject(SPEC); // nobody asks whether there is one
    } else if (parent instanceof ArrayNode list) {
      list.remove(last.getIndex());
    } else {
      ((ObjectNode) parent).remove(last.getFieldName());
    }
    return unread;
  }

  private static String words(JsonMappingException problem) {
    if (problem instanceof InvalidFormatException wrong) {
      if (wrong.getTargetType() == Quantity.class) {
        return "a quantity is a number, with a unit or without, such as 16Gi or 500m";
      }
      if (wrong.getTargetType().isEnum()) {
        return "this version of the operator knows "
            + Arrays.stream(wrong.getTargetType().getEnumConstants())
                .map(constant -> JSON.convertValue(constant, String.class))
                .collect(Collectors.joining(", "));
      }
    }
    return "this version of the operator does not know such a value there";
  }

  private static String cut(String value) {
    return value.length() <= LONGEST ? value : value.substring(0, LONGEST) + "…";
  }
}
