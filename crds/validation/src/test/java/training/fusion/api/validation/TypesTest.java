package training.fusion.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.CustomResource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;

/** What the definition accepts, the Java types hold, and give back unchanged. */
class TypesTest {
  @TestFactory
  Stream<DynamicTest> exampleIsAcceptedAndHeldByTheTypes() throws IOException {
    List<Resource> examples = new ArrayList<>();
    try (Stream<Path> files = Files.walk(Path.of("../../examples"))) {
      for (Path file : files.filter(file -> file.toString().endsWith(".yaml")).sorted().toList()) {
        examples.addAll(ResourceReader.read(file));
      }
    }
    examples.removeIf(
        example -> !example.value().path("apiVersion").asText().startsWith("fusion."));
    assertThat(examples).hasSizeGreaterThanOrEqualTo(3);
    return examples.stream()
        .map(
            example ->
                DynamicTest.dynamicTest(example.source(), () -> assertHeld(example.value())));
  }

  @TestFactory
  Stream<DynamicTest> acceptedRowIsHeldByTheTypes() {
    return ValidationCase.all().stream()
        .filter(row -> row.refusal().isEmpty())
        .map(
            row ->
                DynamicTest.dynamicTest(
                    row.name(),
                    () -> assertHeld(ResourceReader.read("row", row.sent()).get(0).value())));
  }

  private static void assertHeld(ObjectNode sent) throws IOException {
    boolean sweep = sent.path("kind").asText().equals(FusionSweep.KIND);
    CrdValidator validator =
        sweep ? CrdValidator.forFusionSweep() : CrdValidator.forFusionTraining();
    Validation validation = validator.validateCreate(sent);
    assertThat(validation.problems()).isEmpty();
    var json = new ObjectMapper();
    JsonNode spec = validation.object().get("spec");
    Class<? extends CustomResource<?, ?>> type = sweep ? FusionSweep.class : FusionTraining.class;
    CustomResource<?, ?> resource = json.treeToValue(validation.object(), type);
    JsonNode back = json.valueToTree(resource.getSpec());
    assertThat(back.equals(TypesTest::compare, spec)).as("%s%n%s", back, spec).isTrue();
  }

  /** 1 and 1.0 are one number; a quantity written as a number is text in the types. */
  private static int compare(JsonNode a, JsonNode b) {
    if (a.isNumber() && b.isNumber()) {
      return Double.compare(a.doubleValue(), b.doubleValue());
    }
    return a.asText().equals(b.asText()) && a.isValueNode() == b.isValueNode() ? 0 : 1;
  }
}
