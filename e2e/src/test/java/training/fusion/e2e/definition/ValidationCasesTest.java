package training.fusion.e2e.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import training.fusion.api.validation.ValidationCase;
import training.fusion.api.validation.ValidationCase.Refusal;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;

/**
 * The rows that the Java validator is tested with, put to a real API server: both must say the
 * same.
 */
@OnControlPlane
class ValidationCasesTest {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS).build();

  /** As kubectl asks; nothing is stored. */
  private static final String STRICT = "?fieldValidation=Strict&dryRun=All";

  private final KubernetesClient client;
  private final String namespace;

  ValidationCasesTest(ControlPlane controlPlane) {
    client = controlPlane.withCustomResources().client();
    namespace =
        "/apis/fusion.training/v1alpha1/namespaces/" + controlPlane.newNamespace("cases") + "/";
  }

  @TestFactory
  Stream<DynamicTest> row() {
    return ValidationCase.all().stream()
        .map(row -> DynamicTest.dynamicTest(row.name(), () -> check(row)));
  }

  @Test
  void every_rule_of_the_definition_refuses_a_row_with_its_message()
      throws JsonProcessingException {
    StringBuilder said = new StringBuilder();
    for (ValidationCase row : ValidationCase.all()) {
      if (send(row) instanceof Refused refused) {
        said.append(refused.status().getMessage()).append('\n');
      }
    }

    assertThat(messages()).hasSizeGreaterThan(50).allMatch(message -> said.indexOf(message) >= 0);
  }

  private void check(ValidationCase row) throws JsonProcessingException {
    Answer answer = send(row);
    if (row.refusal().isEmpty()) {
      assertThat(answer).isInstanceOf(Accepted.class);
      for (var field : row.becomes().entrySet()) {
        assertThat(((Accepted) answer).training().at("/" + field.getKey().replace('.', '/')))
            .as(field.getKey())
            .isEqualTo(MAPPER.readTree(field.getValue().toString()));
      }
    } else {
      Refusal expected = row.refusal().get();
      assertThat(answer).isInstanceOf(Refused.class);
      Status status = ((Refused) answer).status();
      assertThat(status.getMessage()).contains(expected.serverSays());
      if (status.getDetails() != null && status.getDetails().getCauses() != null) {
        assertThat(status.getDetails().getCauses())
            .extracting(StatusCause::getField)
            .contains(expected.field().isEmpty() ? "<nil>" : expected.field());
      }
    }
  }

  /** What the API server says to a row. */
  private sealed interface Answer {}

  private record Accepted(JsonNode training) implements Answer {}

  private record Refused(Status status) implements Answer {}

  private Answer send(ValidationCase row) throws JsonProcessingException {
    String resources = namespace + (row.ofSweep() ? "fusionsweeps" : "fusiontrainings");
    try {
      return new Accepted(
          row.stored().isEmpty()
              ? MAPPER.readTree(client.raw(resources + STRICT, "POST", asKubectlSends(row.sent())))
              : update(resources, row.stored().get(), row.sent()));
    } catch (KubernetesClientException e) {
      return new Refused(e.getStatus());
    }
  }

  /** kubectl reads 8.0 as a number and sends 8; raw, the API server takes it for no integer. */
  private static String asKubectlSends(String json) {
    return json.replaceAll("(?<=:)(\\d{1,15})\\.0(?=[,}])", "$1");
  }

  private JsonNode update(String resources, String stored, String sent)
      throws JsonProcessingException {
    JsonNode before = MAPPER.readTree(client.raw(resources, "POST", stored));
    String address = resources + "/" + before.at("/metadata/name").asText();
    try {
      JsonNode status = MAPPER.readTree(stored).path("status");
      if (!status.isMissingNode()) {
        ((ObjectNode) before).set("status", status);
        before = MAPPER.readTree(client.raw(address + "/status", "PUT", before.toString()));
      }
      ObjectNode after = (ObjectNode) MAPPER.readTree(asKubectlSends(sent));
      after.withObject("/metadata").set("resourceVersion", before.at("/metadata/resourceVersion"));
      return MAPPER.readTree(client.raw(address + STRICT, "PUT", after.toString()));
    } finally {
      client.raw(address, "DELETE", null);
    }
  }

  /** The messages of all rules in the definition, as the API server serves it. */
  private Set<String> messages() throws JsonProcessingException {
    Set<String> messages = new TreeSet<>();
    MAPPER
        .readTree(
            client.raw(
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
                    + "/fusiontrainings.fusion.training"))
        .at("/spec")
        .findValues("x-kubernetes-validations")
        .forEach(rules -> rules.forEach(rule -> messages.add(rule.path("message").asText())));
    return messages;
  }
}
