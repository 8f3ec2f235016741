package training.fusion.api.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;

class CrdValidatorTest {
  private static final CrdValidator VALIDATOR = CrdValidator.forFusionTraining();
  private static final String VALID =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: a}
      spec:
        model: {architecture: ViT-B-16}
        dataset: {format: IDX, source: {persistentVolumeClaim: {claimName: a}}}
        optimization: {single: {optimizer: {type: SGD}}}
        training: {epochs: 3}
      """;

  @Test
  void aKindThatIsNotKnownIsRefused() {
    assertThat(problems(VALID.replace("FusionTraining", "FusionTrain")))
        .containsExactly("kind: must be FusionTraining, but is FusionTrain");
    assertThat(problems(VALID.replace("v1alpha1", "v1")))
        .containsExactly("apiVersion: must be fusion.training/v1alpha1, but is fusion.training/v1");
    assertThat(problems(VALID.replace("kind: FusionTraining\n", "")))
        .containsExactly("kind: must be FusionTraining");
  }

  @Test
  void aNameIsRequired() {
    assertThat(problems(VALID.replace("{name: a}", "{}")))
        .containsExactly("metadata.name: is required, as text");
    assertThat(problems(VALID.replace("metadata: {name: a}\n", "")))
        .containsExactly("metadata: is required, with a name");
    assertThat(problems(VALID.replace("{name: a}", "{name: 5}")))
        .containsExactly("metadata.name: is required, as text");
    assertThat(problems(VALID.replace("{name: a}", "{generateName: a-}")))
        .containsExactly("metadata.name: is required, as text");
  }

  @Test
  void aNamespaceIsALabel() {
    assertThat(problems(VALID.replace("{name: a}", "{name: a, namespace: A}")))
        .singleElement()
        .asString()
        .startsWith("metadata.namespace: \"A\" must be of lower-case letters");
  }

  @Test
  void allProblemsAreSaidAtOnce() {
    assertThat(
            problems(
                VALID
                    .replace("epochs: 3", "epohcs: 3, batchSize: 0")
                    .replace("type: SGD", "type: Sdg")))
        .containsExactlyInAnyOrder(
            "spec.training.epohcs: unknown field; did you mean epochs?",
            "spec.training.batchSize: must be at least 1, but is 0",
            "spec.optimization.single.optimizer.type: \"Sdg\" is not one of SGD, Adam, AdamW, RAdam, NAdam, Adamax, Adadelta, Adagrad, RMSprop, RMSpropTF, ASGD, Lion, LAMB, None; did you mean SGD?");
  }

  @Test
  void theGivenObjectIsLeftAsItIs() {
    ObjectNode given = read(VALID);
    VALIDATOR.validateCreate(given);
    assertThat(given).isEqualTo(read(VALID));
  }

  @Test
  void anUpdateKeepsTheStatus() {
    ObjectNode stored = VALIDATOR.validateCreate(read(VALID)).object();
    stored.withObject("/status").put("state", "Running");
    Validation update = VALIDATOR.validateUpdate(read(VALID + "  suspend: true\n"), stored);
    assertThat(update.problems()).isEmpty();
    assertThat(update.object().at("/status/state").asText()).isEqualTo("Running");
    assertThat(update.object().at("/spec/suspend").asBoolean()).isTrue();
  }

  @Test
  void anUpdateOfTheStatusKeepsAllElseAndIsChecked() {
    ObjectNode stored = VALIDATOR.validateCreate(read(VALID)).object();
    ObjectNode sent = stored.deepCopy();
    sent.withObject("/spec").put("suspend", true);
    sent.withObject("/status").put("state", "Running");
    Validation update = VALIDATOR.validateStatusUpdate(sent, stored);
    assertThat(update.problems()).isEmpty();
    assertThat(update.object().at("/status/state").asText()).isEqualTo("Running");
    assertThat(update.object().get("spec")).isEqualTo(stored.get("spec"));

    sent.withObject("/status").put("state", "Happy");
    assertThat(VALIDATOR.validateStatusUpdate(sent, stored).problems())
        .extracting(Problem::path)
        .containsExactly("status.state");
  }

  @Test
  void aLongValueIsNotRepeatedInFull() {
    assertThat(problems(VALID.replace("type: SGD", "type: " + "x".repeat(1000))))
        .singleElement()
        .asString()
        .hasSizeLessThan(250);
  }

  @Test
  void aRuleThatIsNoCelIsRefusedByName() {
    var definition =
        read(
            """
            spec:
              group: a
              names: {kind: A}
              versions:
              - name: v1
                schema:
                  openAPIV3Schema:
                    type: object
                    properties: {b: {type: integer}}
                    x-kubernetes-validations: [{rule: self.c > 0, message: no}]
            """);
    var rules = new CelRules(new CrdValidator(definition).schema());
    assertThatThrownBy(rules::checkAll)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("rule self.c > 0: ")
        .hasMessageContaining("undefined field 'c'");
  }

  private static List<String> problems(String yaml) {
    return VALIDATOR.validateCreate(read(yaml)).problems().stream().map(Problem::toString).toList();
  }

  private static ObjectNode read(String yaml) {
    return ResourceReader.read("a.yaml", yaml).get(0).value();
  }
}
