package training.fusion.operator.bounds;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.Random;

/** Statuses drawn from a definition's own schema. */
public final class DrawnStatuses {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final List<JsonNode> ODD =
      List.of(
          JSON.nullNode(),
          JSON.textNode(""),
          JSON.textNode("x".repeat(40_000)),
          JSON.textNode("half a pair: \ud83d"),
          JSON.textNode("\u0000\n→😀"),
          JSON.numberNode(-1),
          JSON.numberNode(3.5),
          JSON.numberNode(Long.MAX_VALUE),
          JSON.numberNode(1e300),
          JSON.numberNode(Double.POSITIVE_INFINITY),
          JSON.numberNode(Double.NaN),
          JSON.booleanNode(true),
          JSON.objectNode(),
          JSON.objectNode().put("of", "another version"),
          JSON.arrayNode(),
          JSON.arrayNode().addNull().add(1).add("x"));

  /** What people and other programs take for a time. */
  private static final List<String> TIMES =
      List.of(
          "2026-01-01T12:00:00Z",
          "2026-01-01T14:00:00+02:00",
          "2026-01-01 12:00:00",
          "2026-01-01",
          "2026-02-30T12:00:00Z",
          "yesterday");

  private final JsonNode schema;

  /**
   * @param plural of the definition's name
   */
  public DrawnStatuses(String plural) throws IOException {
    schema = statusSchema(plural);
  }

  /**
   * The next one.
   *
   * @param oddness of a hundred values, so many are anything at all; 0: the API server takes it
   */
  public ObjectNode next(Random random, int oddness) {
    return object(schema, random, oddness);
  }

  /**
   * A value of the schema.
   *
   * @param oddness of a hundred values, so many are anything at all
   */
  private static JsonNode draw(JsonNode schema, Random random, int oddness) {
    if (oddness > 0 && random.nextInt(100) < oddness) {
      return ODD.get(random.nextInt(ODD.size()));
    }
    return switch (schema.path("type").asText()) {
      case "object" -> object(schema, random, oddness);
      case "array" -> list(schema, random, oddness);
      case "string" -> text(schema, random);
      case "boolean" -> JSON.booleanNode(random.nextBoolean());
      case "integer" -> JSON.numberNode((int) number(schema, random));
      case "number" -> JSON.numberNode(number(schema, random));
      default -> throw new IllegalArgumentException("a status has no " + schema);
    };
  }

  private static ObjectNode object(JsonNode schema, Random random, int oddness) {
    ObjectNode object = JSON.objectNode();
    List<String> required =
        Serialization.jsonMapper()
            .convertValue(
                schema.path("required").isMissingNode() ? JSON.arrayNode() : schema.get("required"),
                Serialization.jsonMapper()
                    .getTypeFactory()
                    .constructCollectionType(List.class, String.class));
    for (var property : schema.path("properties").properties()) {
      boolean there =
          required.contains(property.getKey())
              ? oddness == 0 || random.nextInt(100) >= oddness
              : random.nextBoolean();
      if (there
          && !property.getKey().equals("resolved")) { // an optimizer of the spec, with its rules
        object.set(property.getKey(), draw(property.getValue(), random, oddness));
      }
    }
    return object;
  }

  private static ArrayNode list(JsonNode schema, Random random, int oddness) {
    boolean map = schema.path("x-kubernetes-list-type").asText().equals("map");
    int most = Math.min(schema.path("maxItems").asInt(3), 45);
    int length = map ? 1 : random.nextInt(oddness == 0 ? most + 1 : most + 2);
    ArrayNode list = JSON.arrayNode();
    for (int i = 0; i < length; i++) {
      list.add(draw(schema.get("items"), random, oddness));
    }
    return list;
  }

  private static JsonNode text(JsonNode schema, Random random) {
    if (schema.has("enum")) {
      return schema.get("enum").get(random.nextInt(schema.get("enum").size()));
    }
    int most = schema.path("maxLength").asInt(10);
    String time = TIMES.get(random.nextInt(TIMES.size()));
    return JSON.textNode(
        random.nextInt(3) == 0 && time.length() <= most
            ? time
            : "ä".repeat(1 + random.nextInt(Math.min(most, 60))));
  }

  private static double number(JsonNode schema, Random random) {
    double least = schema.path("minimum").asDouble(-100);
    double most = schema.path("maximum").asDouble(100);
    return least + random.nextDouble() * (most - least);
  }

  private static JsonNode statusSchema(String plural) throws IOException {
    String file = "/crd/" + plural + ".fusion.training.yaml";
    try (InputStream in = DrawnStatuses.class.getResourceAsStream(file)) {
      return Serialization.yamlMapper()
          .readTree(Objects.requireNonNull(in, file))
          .at("/spec/versions/0/schema/openAPIV3Schema/properties/status");
    }
  }
}
