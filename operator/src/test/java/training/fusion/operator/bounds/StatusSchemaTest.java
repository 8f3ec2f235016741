package training.fusion.operator.bounds;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
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

  @ParameterizedTest(name = "{0}")
  @CsvSource({"FusionTraining, fusiontrainings", "FusionSweep, fusionsweeps"})
  @DisplayName("is brought within them, and what is within them stays as it is")
  void drawn(String kind, String plural) throws IOException {
    boolean training = kind.equals("FusionTraining");
    StatusSchema schema = training ? StatusSchema.TRAINING : StatusSchema.SWEEP;
    CrdValidator judge =
        training ? CrdValidator.forFusionTraining() : CrdValidator.forFusionSweep();
    var drawn = new DrawnStatuses(plural);
    var random = new Random(47);
    int refused = 0;
    for (int i = 0; i < DRAWN; i++) {
      JsonNode status = drawn.next(random, i % 10);
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
}
