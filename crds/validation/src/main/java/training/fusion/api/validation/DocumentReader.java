package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Turns one YAML document into JSON and remembers where each field stands. */
final class DocumentReader {
  /** More than any resource has; aliases could otherwise multiply without end. */
  private static final int MOST_VALUES = 100_000;

  private final String source;
  private final Map<String, Position> positions = new HashMap<>();
  private final Set<Node> open = Collections.newSetFromMap(new IdentityHashMap<>());
  private int values;

  DocumentReader(String source) {
    this.source = source;
  }

  JsonNode read(Node document) {
    return value(document, "");
  }

  Map<String, Position> positions() {
    return positions;
  }

  private JsonNode value(Node node, String path) {
    if (++values > MOST_VALUES) {
      throw refused(node, "more than " + MOST_VALUES + " values; no resource is so large");
    }
    positions.putIfAbsent(path, Position.of(node));
    if (!open.add(node)) {
      throw refused(node, "an alias refers to what it stands in");
    }
    JsonNode value =
        switch (node.getNodeId()) {
          case mapping -> mapping((MappingNode) node, path);
          case sequence -> sequence((SequenceNode) node, path);
          default -> scalar((ScalarNode) node);
        };
    open.remove(node);
    return value;
  }

  private ObjectNode mapping(MappingNode node, String path) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    Map<String, Position> own = new HashMap<>();
    for (NodeTuple entry : node.getValue()) {
      if (isMerge(entry.getKeyNode())) {
        continue;
      }
      String key = key(entry.getKeyNode());
      String child = path.isEmpty() ? key : path + "." + key;
      Position position = Position.of(entry.getKeyNode());
      Position first = own.putIfAbsent(key, position);
      if (first != null) {
        throw refused(
            entry.getKeyNode(),
            child + " stands here a second time, first in line " + first.line());
      }
      positions.put(child, position);
      object.set(key, value(entry.getValueNode(), child));
    }
    for (NodeTuple entry : node.getValue()) {
      if (isMerge(entry.getKeyNode())) {
        merge(object, entry.getValueNode(), path);
      }
    }
    return object;
  }

  /** {@code <<}: fields of another mapping, or of several, that this one does not have. */
  private void merge(ObjectNode object, Node other, String path) {
    JsonNode value = value(other, path);
    Iterable<JsonNode> mappings = value.isArray() ? value : Set.of(value);
    for (JsonNode mapping : mappings) {
      if (!mapping.isObject()) {
        throw refused(other, "<< takes a mapping, or a list of mappings");
      }
      mapping.properties().forEach(entry -> object.putIfAbsent(entry.getKey(), entry.getValue()));
    }
  }

  private JsonNode sequence(SequenceNode node, String path) {
    var array = JsonNodeFactory.instance.arrayNode();
    for (Node element : node.getValue()) {
      array.add(value(element, path + "[" + array.size() + "]"));
    }
    return array;
  }

  private JsonNode scalar(ScalarNode node) {
    if (node.getTag().equals(Tag.STR)) {
      return JsonNodeFactory.instance.textNode(node.getValue());
    }
    if (!node.getTag().equals(PlainScalars.PLAIN)) {
      throw refused(
          node, "the tag " + node.getTag().getValue() + " is not understood; leave it out");
    }
    JsonNode value = YamlScalar.parse(node.getValue());
    if (value.isDouble() && !Double.isFinite(value.doubleValue())) {
      throw refused(node, node.getValue() + " is no number that JSON has");
    }
    return value;
  }

  private String key(Node node) {
    if (node instanceof ScalarNode scalar) {
      JsonNode key = scalar(scalar);
      if (key.isTextual() || key.isIntegralNumber() || key.isBoolean()) {
        return key.asText();
      }
    }
    throw refused(node, "the name of a field is text; put it in quotes");
  }

  private static boolean isMerge(Node key) {
    return key instanceof ScalarNode scalar
        && scalar.getTag().equals(PlainScalars.PLAIN)
        && scalar.getValue().equals("<<");
  }

  private UnreadableResource refused(Node node, String message) {
    return new UnreadableResource(source, Position.of(node), message);
  }
}
