package training.fusion.trainer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.http.Address;

/** A run's configuration for people. */
public final class ConfigurationText {
  private static final YAMLMapper YAML =
      YAMLMapper.builder()
          .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
          .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
          .build();

  private static final ObjectMapper JSON = new ObjectMapper();

  /** A longer list, such as of ten thousand classes' weights, is cut; the run's folder has it. */
  private static final int LONGEST_LIST = 20;

  private ConfigurationText() {}

  /** As YAML, without what may be a key, and of long lists the beginning. */
  public static String yaml(RunConfiguration run) {
    try {
      return YAML.writeValueAsString(shortened(tree(run)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As JSON whose addresses are without users, passwords and queries. */
  public static JsonNode tree(RunConfiguration run) {
    return shown(JSON.valueToTree(run));
  }

  private static JsonNode shortened(JsonNode value) {
    if (value instanceof ObjectNode object) {
      object.properties().forEach(field -> field.setValue(shortened(field.getValue())));
    }
    if (value instanceof ArrayNode list && list.size() > LONGEST_LIST) {
      ArrayNode beginning = list.arrayNode();
      for (int i = 0; i < LONGEST_LIST; i++) {
        beginning.add(list.get(i));
      }
      return beginning.add("… and %d more".formatted(list.size() - LONGEST_LIST));
    }
    return value;
  }

  private static JsonNode shown(JsonNode value) {
    if (value instanceof ObjectNode object) {
      object.properties().forEach(field -> field.setValue(shown(field.getValue())));
    }
    return value.isTextual() ? TextNode.valueOf(Address.shown(value.asText())) : value;
  }
}
