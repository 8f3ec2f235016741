package training.fusion.operator.bounds;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.validation.CrdValidator;

/**
 * Statuses are drawn from the definitions' own schemas, most of them out of bounds. Judge is {@link
 * CrdValidator}, which e2e compares with a real API server.
 */
@DisplayName("A status that is out of bounds")
class StatusSchemaTest {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
  private static final int DRAWN = 1000;

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

  @ParameterizedTest(name = "{0}")
  @CsvSource({"FusionTraining, fusiontrainings", "FusionSweep, fusionsweeps"})
  @DisplayName("is brought within them, and what is within them stays as it is")
  void drawn(String kind, String plural) throws IOException {
    boolean training = kind.equals("FusionTraining");
    StatusSchema schema = training ? StatusSchema.TRAINING : StatusSchema.SWEEP;
    CrdValidator judge =
        training ? CrdValidator.forFusionTraining() : CrdValidator.forFusionSweep();
    JsonNode definition = statusSchema(plural);
    var random = new Random(47);
    int refused = 0;
    for (int i = 0; i < DRAWN; i++) {
      JsonNode status = object(definition, random, i % 10);
      JsonNode fitting = schema.fit(status).orElseThrow();
      assertThat(problems(judge, kind, fitting)).as("%s", status).isEmpty();
      assertThat(schema.fit(fitting)).as("%s", status).contains(fitting);
      assertThat(schema.misfits(fitting)).as("%s", status).isEmpty();
      if (!status.toString().matches("(?s).*(NaN|Infinity).*") // which the judge can't read
          && !problems(judge, kind, status).isEmpty()) {
        refused++;
        assertThat(fitting).isNotEqualTo(status);
      }
    }
    assertThat(refused).isBetween(DRAWN / 3, DRAWN * 9 / 10); // some were good from the start
  }

  /** Types and bounds only: rules are about what is copied from a spec, which passed them. */
  private static List<String> problems(CrdValidator judge, String kind, JsonNode status) {
    ObjectNode object = JSON.objectNode();
    object.put("apiVersion", "fusion.training/v1alpha1").put("kind", kind);
    object.putObject("metadata").put("name", "x").put("namespace", "y");
    ObjectNode updated = object.deepCopy();
    updated.set("status", status);
    return judge.validateStatusUpdate(updated, object).problems().stream()
        .filter(problem -> problem.path().startsWith("status"))
        .map(Object::toString)
        .toList();
  }

  /**
   * A value of the schema.
   *
   * @param oddness of ten values, so many are anything at all
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
    int length = 1 + random.nextInt(Math.min(schema.path("maxLength").asInt(10), 60));
    return JSON.textNode("ä".repeat(length));
  }

  private static double number(JsonNode schema, Random random) {
    double least = schema.path("minimum").asDouble(-100);
    double most = schema.path("maximum").asDouble(100);
    return least + random.nextDouble() * (most - least);
  }

  private static JsonNode statusSchema(String plural) throws IOException {
    String file = "/crd/" + plural + ".fusion.training.yaml";
    try (InputStream in = StatusSchemaTest.class.getResourceAsStream(file)) {
      return Serialization.yamlMapper()
          .readTree(Objects.requireNonNull(in, file))
          .at("/spec/versions/0/schema/openAPIV3Schema/properties/status");
    }
  }
}
