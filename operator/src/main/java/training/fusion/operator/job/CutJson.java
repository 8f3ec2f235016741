package training.fusion.operator.job;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;

/**
 * A JSON object of which the end may be missing, because the kubelet has cut it.
 *
 * @param object its fields, up to the last one that is whole
 * @param cut whether there were more
 */
record CutJson(ObjectNode object, boolean cut) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** The object that a text is, or begins; empty if it is anything else. */
  static Optional<CutJson> read(String text) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    String field = "";
    try (JsonParser parser = JSON.createParser(text)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        field = parser.currentName();
        parser.nextToken();
        object.set(field, JSON.readTree(parser));
      }
      return Optional.of(new CutJson(object, false));
    } catch (IOException e) {
      if (object.path(field).isNumber()) {
        object.remove(field); // there may have been more digits
      }
      return object.isEmpty() ? Optional.empty() : Optional.of(new CutJson(object, true));
    }
  }
}
