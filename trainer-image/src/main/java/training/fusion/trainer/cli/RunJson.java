package training.fusion.trainer.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import java.util.Map;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;

/** Run configurations from JSON, with errors that name the field. */
final class RunJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RunJson() {}

  /**
   * The configuration that the operator put into this pod's environment.
   *
   * @throws TrainingFailure if there is none, or not one of this version
   */
  static RunConfiguration ofPod(Map<String, String> environment) {
    String text = joined(environment);
    if (text.isEmpty()) {
      throw TrainingFailure.badConfiguration(
          "there is nothing to train: neither a FILE nor the environment variable %s is given"
              .formatted(RunConfiguration.VARIABLE));
    }
    try {
      JsonNode tree = JSON.readTree(text);
      int version = tree.path("contractVersion").asInt(0);
      if (version != RunConfiguration.CONTRACT_VERSION) {
        throw TrainingFailure.badConfiguration(
            "the operator speaks version %d of the contract, this trainer version %d; use images that belong together"
                .formatted(version, RunConfiguration.CONTRACT_VERSION));
      }
      return convert(tree, "spec.");
    } catch (JsonProcessingException e) {
      throw TrainingFailure.badConfiguration(
          "the environment variable %s is not JSON: %s"
              .formatted(RunConfiguration.VARIABLE, e.getOriginalMessage()));
    }
  }

  /** A variable takes 128 KiB at most, so a long text is in several. */
  private static String joined(Map<String, String> environment) {
    var text = new StringBuilder(environment.getOrDefault(RunConfiguration.VARIABLE, ""));
    for (int i = 2; environment.containsKey(RunConfiguration.VARIABLE + "_" + i); i++) {
      text.append(environment.get(RunConfiguration.VARIABLE + "_" + i));
    }
    return text.toString();
  }

  /**
   * Turns JSON into a configuration.
   *
   * @param prefix comes before a field's path in messages
   */
  static RunConfiguration convert(JsonNode tree, String prefix) {
    try {
      RunConfiguration run = JSON.treeToValue(tree, RunConfiguration.class);
      requirePresent(tree, prefix);
      return run;
    } catch (UnrecognizedPropertyException e) {
      throw TrainingFailure.badConfiguration(
          "%s%s is no field; known here are %s"
              .formatted(prefix, path(e), e.getKnownPropertyIds()));
    } catch (InvalidFormatException e) {
      throw TrainingFailure.badConfiguration(
          "%s%s: %s is not %s"
              .formatted(prefix, path(e), tree.at(pointer(e)), wanted(e.getTargetType())));
    } catch (JsonMappingException e) {
      throw TrainingFailure.badConfiguration(
          "%s%s is not as it should be: %s"
              .formatted(prefix, path(e), e.getOriginalMessage().lines().findFirst().orElse("")));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree is always JSON", e);
    }
  }

  private static void requirePresent(JsonNode tree, String prefix) {
    for (String part : new String[] {"model", "dataset", "optimization", "training"}) {
      if (!tree.path(part).isObject()) {
        throw TrainingFailure.badConfiguration(prefix + part + " is missing");
      }
    }
  }

  private static String wanted(Class<?> type) {
    if (type.isEnum()) {
      return "one of " + java.util.Arrays.toString(type.getEnumConstants());
    }
    return type == Boolean.class ? "true or false" : "a number";
  }

  private static String path(JsonMappingException e) {
    var path = new StringBuilder();
    for (var reference : e.getPath()) {
      if (reference.getFieldName() == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(reference.getFieldName());
      }
    }
    return path.toString();
  }

  private static String pointer(JsonMappingException e) {
    var pointer = new StringBuilder();
    for (var reference : e.getPath()) {
      pointer
          .append('/')
          .append(
              reference.getFieldName() == null
                  ? String.valueOf(reference.getIndex())
                  : reference.getFieldName());
    }
    return pointer.toString();
  }
}
