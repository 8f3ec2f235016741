package training.fusion.e2e.definition;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Objects drawn from a definition's own schema: a good one, in which some fields are left out,
 * empty, at an edge of what the schema says, or such as only a newer version would know.
 */
final class DrawnObjects {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** What people and templates write where a name, a quantity, a key or a number is wanted. */
  private static final List<String> TEXTS =
      List.of(
          "",
          " ",
          "a",
          "A_b",
          "a.b-c",
          "-",
          ".",
          "a/b",
          "é",
          "null",
          "true",
          "0",
          "1",
          "-1",
          "+5",
          "5.",
          ".5",
          "16Gi",
          "16gi",
          "1e3",
          "1E",
          "1e99",
          "1e-99",
          "1e999",
          "1e999999999",
          "0x10",
          "100m",
          "1 ",
          "NaN",
          "Infinity",
          "2026-11-30T00:00:00Z",
          "https://example.org/a",
          "{{ .Values.memory }}",
          "$(HOME)",
          "a\nb",
          "a\u0000b",
          "n".repeat(64),
          "n".repeat(300));

  private static final List<String> KEYS =
      List.of("memory", "cpu", "nvidia.com/gpu", "a", "", "A/b", "k".repeat(64), "ü", ".", "a b");

  private final JsonNode schema;
  private final List<List<String>> fields = new ArrayList<>();
  private final Random random;

  /**
   * Draws from a schema.
   *
   * @param schema of the whole object
   */
  DrawnObjects(JsonNode schema, long seed) {
    this.schema = schema;
    random = new Random(seed);
    collect(schema.at("/properties/spec"), List.of("spec"));
  }

  private void collect(JsonNode part, List<String> path) {
    part.path("properties").properties().forEach(it -> collect(it.getValue(), path, it.getKey()));
    if (part.has("items")) {
      collect(part.get("items"), path, "[]");
    }
    if (part.has("additionalProperties")) {
      collect(part.get("additionalProperties"), path, "{}");
    }
  }

  private void collect(JsonNode part, List<String> path, String step) {
    List<String> longer = new ArrayList<>(path);
    longer.add(step);
    fields.add(longer);
    collect(part, longer);
  }

  /** How many fields the schema has. */
  int fields() {
    return fields.size();
  }

  /**
   * A good object with this field drawn, and sometimes some others.
   *
   * @param field its number, below {@link #fields}
   */
  ObjectNode draw(ObjectNode good, int field) {
    ObjectNode object = good.deepCopy();
    set(object, schema, fields.get(field), 0);
    while (random.nextInt(4) == 0) {
      set(object, schema, fields.get(random.nextInt(fields.size())), 0);
    }
    return object;
  }

  private void set(JsonNode parent, JsonNode part, List<String> path, int at) {
    String step = path.get(at);
    boolean last = at == path.size() - 1;
    if (parent instanceof ArrayNode list) {
      JsonNode child = part.path("items");
      if (last) {
        list.add(drawn(child));
      } else {
        if (list.isEmpty()) {
          list.add(least(child));
        }
        set(list.get(0), child, path, at + 1);
      }
    } else if (parent instanceof ObjectNode object) {
      boolean map = step.equals("{}");
      String name = map ? KEYS.get(random.nextInt(KEYS.size())) : step;
      JsonNode child = map ? part.path("additionalProperties") : part.at("/properties/" + name);
      if (!last) {
        if (!object.path(name).isContainerNode()) {
          object.set(name, least(child));
        }
        set(object.get(name), child, path, at + 1);
      } else if (random.nextInt(8) == 0) {
        object.remove(name);
      } else {
        object.set(name, drawn(child));
      }
    }
  }

  /** What is required and nothing else. */
  private JsonNode least(JsonNode part) {
    if (part.has("enum")) {
      return part.at("/enum/0");
    }
    return switch (part.path("type").asText()) {
      case "object" -> {
        ObjectNode object = JSON.objectNode();
        part.path("required")
            .forEach(
                name -> object.set(name.asText(), least(part.at("/properties/" + name.asText()))));
        yield object;
      }
      case "array" -> JSON.arrayNode();
      case "integer", "number" ->
          part.path("minimum").isMissingNode() ? JSON.numberNode(1) : part.get("minimum");
      case "boolean" -> JSON.booleanNode(true);
      default -> JSON.textNode("a");
    };
  }

  private JsonNode drawn(JsonNode part) {
    return switch (random.nextInt(10)) {
      case 0 -> empty(part);
      case 1 -> JSON.nullNode();
      case 2 -> newer();
      case 3, 4 -> least(part);
      default -> edge(part);
    };
  }

  private JsonNode empty(JsonNode part) {
    return switch (part.path("type").asText()) {
      case "object" -> JSON.objectNode();
      case "array" -> JSON.arrayNode();
      case "integer", "number" -> JSON.numberNode(0);
      default -> JSON.textNode("");
    };
  }

  private JsonNode newer() {
    return switch (random.nextInt(4)) {
      case 0 -> JSON.textNode("Newer");
      case 1 -> JSON.objectNode().put("newer", 1);
      case 2 -> JSON.arrayNode().add("newer");
      default -> JSON.numberNode(1e300);
    };
  }

  private JsonNode edge(JsonNode part) {
    if (part.has("enum")) {
      return part.get("enum").get(random.nextInt(part.get("enum").size()));
    }
    boolean quantity = part.has("x-kubernetes-int-or-string");
    return switch (quantity && random.nextBoolean() ? "integer" : part.path("type").asText()) {
      case "object" -> object(part);
      case "array" -> {
        ArrayNode list = JSON.arrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          list.add(random.nextInt(4) == 0 ? drawn(part.path("items")) : least(part.path("items")));
        }
        yield list;
      }
      case "integer" -> integer(part);
      case "number" -> number(part);
      case "boolean" -> JSON.booleanNode(random.nextBoolean());
      default -> JSON.textNode(TEXTS.get(random.nextInt(TEXTS.size())));
    };
  }

  private ObjectNode object(JsonNode part) {
    ObjectNode object = (ObjectNode) least(part);
    part.path("properties")
        .properties()
        .forEach(
            it -> {
              if (random.nextInt(4) == 0) {
                object.set(it.getKey(), drawn(it.getValue()));
              }
            });
    if (part.has("additionalProperties")) {
      object.set(KEYS.get(random.nextInt(KEYS.size())), drawn(part.get("additionalProperties")));
    }
    return object;
  }

  private JsonNode integer(JsonNode part) {
    long least = part.path("minimum").asLong(Integer.MIN_VALUE);
    long most = part.path("maximum").asLong(Integer.MAX_VALUE);
    return switch (random.nextInt(8)) {
      case 0 -> JSON.numberNode(least - 1);
      case 1 -> JSON.numberNode(most + 1);
      case 2 -> JSON.numberNode(Long.MAX_VALUE);
      case 3 -> JSON.numberNode(Long.MIN_VALUE);
      case 4 -> JSON.numberNode(1.5);
      case 5 -> JSON.numberNode(least);
      default -> JSON.numberNode(most);
    };
  }

  private JsonNode number(JsonNode part) {
    double least = part.path("minimum").asDouble(-Double.MAX_VALUE);
    double most = part.path("maximum").asDouble(Double.MAX_VALUE);
    return switch (random.nextInt(6)) {
      case 0 -> JSON.numberNode(Double.MIN_VALUE);
      case 1 -> JSON.numberNode(-0.0);
      case 2 -> JSON.numberNode(Math.nextDown(least));
      case 3 -> JSON.numberNode(Math.nextUp(most));
      case 4 -> JSON.numberNode(least);
      default -> JSON.numberNode(most);
    };
  }
}
