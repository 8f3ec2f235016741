package training.fusion.api.resource.generate;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import training.fusion.api.Formats;
import training.fusion.api.resource.FusionTraining;

class CustomResourceSchemaTest {
  private static final JsonNode DEFINITION = CustomResourceSchema.of(FusionTraining.class);
  private static final JsonNode VERSION = DEFINITION.at("/spec/versions/0");
  private static final JsonNode ROOT = VERSION.at("/schema/openAPIV3Schema");

  @Test
  void everyFieldIsDescribed() {
    assertThat(fields(schema -> schema.path("description").asText().isBlank())).isEmpty();
  }

  @Test
  void noDescriptionHasAPlaceLeftToFill() {
    assertThat(fields(schema -> schema.path("description").asText().contains("${"))).isEmpty();
  }

  @Test
  void everyListMapAndStringIsBounded() {
    assertThat(
            values(
                schema ->
                    switch (schema.path("type").asText()) {
                      case "array" -> !schema.has("maxItems");
                      case "object" ->
                          schema.has("additionalProperties") && !schema.has("maxProperties");
                      case "string" -> !schema.has("maxLength") && !schema.has("enum");
                      default ->
                          schema.has("x-kubernetes-int-or-string") && !schema.has("maxLength");
                    }))
        .isEmpty();
  }

  @Test
  void everyQuantityIsOne() {
    List<String> quantities = values(schema -> schema.has("x-kubernetes-int-or-string"));

    assertThat(quantities)
        .contains("spec.pod.resources.limits{}", "spec.pod.volumes[].emptyDir.sizeLimit");
    assertThat(quantities)
        .isEqualTo(values(schema -> Formats.QUANTITY.equals(schema.path("pattern").asText())));
  }

  @Test
  void everyNameOfAnObjectAndEveryKeyOfOneHasAFormat() {
    assertThat(
            fields(
                schema ->
                    schema.path("type").asText().equals("string")
                        && !schema.has("enum")
                        && !schema.has("pattern")))
        .filteredOn(field -> field.startsWith("spec."))
        .filteredOn(field -> field.matches(".*(\\.key|[nN]ame|Key)"))
        .filteredOn(field -> !field.equals("spec.dataset.tensors.inputs[].name")) // of an array
        .isEmpty();
  }

  @Test
  void everyObjectHasFields() {
    assertThat(
            values(
                schema ->
                    schema.path("type").asText().equals("object")
                        && !schema.has("additionalProperties")
                        && schema.path("properties").isEmpty()))
        .isEmpty();
  }

  @Test
  void everyIntegerSaysHowWideItIs() {
    assertThat(
            values(
                schema ->
                    schema.path("type").asText().equals("integer")
                        && !List.of("int32", "int64").contains(schema.path("format").asText())))
        .isEmpty();
  }

  @Test
  void conditionsAreMergedByTypeAndAllOtherListsReplaced() {
    assertThat(
            values(
                schema ->
                    schema.path("type").asText().equals("array")
                        && !schema.path("x-kubernetes-list-type").asText().equals("atomic")))
        .containsExactly("status.conditions");
    assertThat(ROOT.at("/properties/status/properties/conditions/x-kubernetes-list-map-keys"))
        .extracting(JsonNode::asText)
        .containsExactly("type");
  }

  @Test
  void columnsAreInTheOrderOfTheirDeclaration() {
    assertThat(VERSION.get("additionalPrinterColumns"))
        .extracting(column -> column.get("name").asText())
        .containsExactly(
            "State",
            "Optimizer",
            "Epoch",
            "Accuracy",
            "Loss",
            "F1",
            "ETA",
            "Age",
            "Images/s",
            "Restarts",
            "Node");
  }

  @Test
  void everyColumnShowsAFieldOfTheSchema() {
    assertThat(VERSION.get("additionalPrinterColumns"))
        .map(column -> column.get("jsonPath").asText())
        .filteredOn(path -> !path.startsWith(".metadata."))
        .allSatisfy(
            path ->
                assertThat(ROOT.at(path.replace(".", "/properties/")).has("type"))
                    .as(path)
                    .isTrue());
  }

  @Test
  void enumsAreInTheOrderOfTheirDeclaration() {
    assertThat(ROOT.at("/properties/status/properties/state/enum"))
        .extracting(JsonNode::asText)
        .containsExactly(
            "Pending",
            "Queued",
            "Starting",
            "Running",
            "Suspended",
            "Paused",
            "Succeeded",
            "Failed");
  }

  @Test
  void statusSaysThatNoOperatorHasSeenTheObject() {
    assertThat(ROOT.at("/properties/status/default/observedGeneration").asInt()).isEqualTo(-1);
  }

  @Test
  void affinityIsInNoRule() {
    assertThat(
            fields(
                schema -> schema.path("x-kubernetes-validations").toString().contains("affinity")))
        .isEmpty();
  }

  @Test
  void everyRuleHasAMessageThatIsASentenceAboutWhatToDo() {
    var messages = new TreeMap<String, String>();
    schemas()
        .forEach(
            (path, schema) ->
                schema
                    .path("x-kubernetes-validations")
                    .forEach(
                        rule ->
                            messages.put(path + rule.get("rule"), rule.path("message").asText())));
    assertThat(messages.values()).hasSizeGreaterThan(50).allMatch(message -> message.length() > 20);
  }

  private static List<String> fields(Predicate<JsonNode> wanted) {
    return values(wanted).stream()
        .filter(path -> !path.endsWith("[]") && !path.endsWith("{}"))
        .toList();
  }

  private static List<String> values(Predicate<JsonNode> wanted) {
    return schemas().entrySet().stream()
        .filter(schema -> wanted.test(schema.getValue()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Every schema by path; elements of lists end with [], of maps with {}. */
  private static Map<String, JsonNode> schemas() {
    var schemas = new TreeMap<String, JsonNode>();
    collect("", ROOT, schemas);
    return schemas;
  }

  private static void collect(String path, JsonNode schema, Map<String, JsonNode> schemas) {
    schemas.put(path, schema);
    if (schema.has("items")) {
      collect(path + "[]", schema.get("items"), schemas);
    }
    if (schema.has("additionalProperties")) {
      collect(path + "{}", schema.get("additionalProperties"), schemas);
    }
    String prefix = path.isEmpty() ? "" : path + ".";
    for (var property : schema.path("properties").properties()) {
      collect(prefix + property.getKey(), property.getValue(), schemas);
    }
  }
}
