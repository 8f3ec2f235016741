package training.fusion.api.validation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class ValidationCaseTest {
  private static final CrdValidator TRAINING = CrdValidator.forFusionTraining();
  private static final CrdValidator SWEEP = CrdValidator.forFusionSweep();

  @TestFactory
  Stream<DynamicTest> row() {
    return ValidationCase.all().stream()
        .map(row -> DynamicTest.dynamicTest(row.name(), () -> check(row)));
  }

  private static void check(ValidationCase row) {
    Validation validation = validate(row);
    if (row.refusal().isPresent()) {
      var refusal = row.refusal().get();
      assertThat(validation.problems())
          .anySatisfy(
              problem -> {
                assertThat(problem.path()).isEqualTo(refusal.field());
                assertThat(problem.message()).contains(refusal.says());
              });
    } else {
      assertThat(validation.problems()).isEmpty();
      row.becomes()
          .forEach(
              (path, value) ->
                  assertThat(validation.object().at("/" + path.replace('.', '/')))
                      .as(path)
                      .isEqualTo(value));
    }
  }

  @Test
  void everyRuleOfTheDefinitionRefusesARow() {
    Set<String> seen = new HashSet<>();
    for (ValidationCase row : ValidationCase.all()) {
      validate(row).problems().forEach(problem -> seen.add(problem.message()));
    }
    Set<String> messages = new TreeSet<>();
    collectMessages(TRAINING.schema(), messages);
    collectMessages(SWEEP.schema(), messages);
    assertThat(messages).hasSizeGreaterThan(50).isSubsetOf(seen);
  }

  @Test
  void everyRuleIsValidCel() {
    new CelRules(TRAINING.schema()).checkAll();
    new CelRules(SWEEP.schema()).checkAll();
  }

  private static void collectMessages(JsonNode schema, Set<String> messages) {
    schema
        .path("x-kubernetes-validations")
        .forEach(rule -> messages.add(rule.get("message").asText()));
    schema.forEach(child -> collectMessages(child, messages));
  }

  private static Validation validate(ValidationCase row) {
    CrdValidator validator = row.ofSweep() ? SWEEP : TRAINING;
    ObjectNode sent = parse(row.sent());
    return row.stored()
        .map(stored -> validator.validateUpdate(sent, stored(validator, parse(stored))))
        .orElseGet(() -> validator.validateCreate(sent));
  }

  /** As an API server has it once the operator has written the status. */
  private static ObjectNode stored(CrdValidator validator, ObjectNode object) {
    ObjectNode created = validator.validateCreate(object).object();
    return object.has("status")
        ? validator.validateStatusUpdate(object, created).object()
        : created;
  }

  private static ObjectNode parse(String json) {
    return ResourceReader.read("row", json).get(0).value();
  }
}
