package training.fusion.trainer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.List;
import training.fusion.api.run.RunConfiguration;

/** A run's configuration as the FusionTraining that it was made from, to be run again. */
public final class TrainingText {
  private static final String DEFAULT_NAMESPACE = "default";

  /** As the custom resource has them. */
  private static final List<String> PARTS =
      List.of(
          "model",
          "dataset",
          "optimization",
          "training",
          "checkpoint",
          "tracking",
          "report",
          "artifacts");

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .enable(YAMLGenerator.Feature.INDENT_ARRAYS_WITH_INDICATOR)
          .build();

  /** So many numbers are no longer for people: 10,000 classes' weights would be most of a page. */
  private static final int LONGEST_LIST = 2000;

  private TrainingText() {}

  /**
   * YAML that {@code ./fusion run} and {@code kubectl apply} take. What may be a key in an address
   * is left out, and so is a list that is longer than a page bears; comments say so.
   */
  public static String yaml(RunConfiguration run) {
    JsonNode whole = JSON.valueToTree(run);
    JsonNode shown = ConfigurationText.tree(run);
    var text = new StringBuilder();
    if (!shown.equals(whole)) {
      text.append("# Addresses are without user, password and query: put back what they need.\n");
    }
    ObjectNode spec = JSON.createObjectNode();
    for (String part : PARTS) {
      if (shown.has(part)) {
        spec.set(part, withoutNulls(shown.get(part)));
      }
    }
    JsonNode deadline = shown.get("progressDeadlineSeconds");
    if (deadline != null) {
      spec.putObject("runPolicy").set("progressDeadlineSeconds", deadline);
    }
    spec.putObject("pod").putObject("gpu").put("count", run.gpuCount());
    if (isCut(spec)) {
      text.append("# A list is too long for this page, and left out: ")
          .append(ConfigurationFile.FILE)
          .append(" in the run's folder has it.\n");
    }
    ObjectNode resource = JSON.createObjectNode();
    resource.put("apiVersion", "fusion.training/v1alpha1").put("kind", "FusionTraining");
    ObjectNode metadata = resource.putObject("metadata").put("name", run.shortName());
    String namespace = run.name().substring(0, Math.max(0, run.name().lastIndexOf('/')));
    if (!namespace.isEmpty() && !namespace.equals(DEFAULT_NAMESPACE)) {
      metadata.put("namespace", namespace);
    }
    resource.set("spec", spec);
    try {
      return text.append(YAML.writeValueAsString(resource)).toString();
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static JsonNode withoutNulls(JsonNode value) {
    if (value instanceof ObjectNode object) {
      object.properties().removeIf(field -> field.getValue().isNull());
      object.forEach(TrainingText::withoutNulls);
    }
    if (value instanceof ArrayNode list) {
      list.forEach(TrainingText::withoutNulls);
    }
    return value;
  }

  /** Whether a list was too long; it is removed. */
  private static boolean isCut(ObjectNode object) {
    boolean cut =
        object
            .properties()
            .removeIf(f -> f.getValue().isArray() && f.getValue().size() > LONGEST_LIST);
    for (JsonNode value : object) {
      cut |= value instanceof ObjectNode inner && isCut(inner);
    }
    return cut;
  }
}
