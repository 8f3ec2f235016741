package training.fusion.trainer.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;

/**
 * A FusionTraining in a YAML file, for the command line.
 *
 * @param resource the whole document
 */
record TrainingFile(Path path, ObjectNode resource) {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final List<String> PARTS =
      List.of("model", "dataset", "optimization", "training", "checkpoint", "tracking");

  /**
   * Reads a file with one document.
   *
   * @throws TrainingFailure naming the file, and the line where that is known
   */
  static TrainingFile read(Path path) {
    try (var parser = YAML.getFactory().createParser(Files.readString(path))) {
      var documents = YAML.readValues(parser, JsonNode.class);
      var found = documents.readAll().stream().filter(document -> !document.isNull()).toList();
      if (found.size() != 1
          || !(found.get(0) instanceof ObjectNode resource)
          || !resource.path("kind").asText().equals("FusionTraining")) {
        throw TrainingFailure.badConfiguration(
            "%s must hold one resource of kind FusionTraining; it holds %s"
                .formatted(path, kinds(found)));
      }
      return new TrainingFile(path, resource);
    } catch (NoSuchFileException e) {
      throw TrainingFailure.badConfiguration("%s is not there".formatted(path));
    } catch (JsonProcessingException e) {
      throw TrainingFailure.badConfiguration("%s is not valid YAML%s".formatted(path, where(e)));
    } catch (IOException e) {
      throw TrainingFailure.badConfiguration("%s cannot be read: %s".formatted(path, e));
    }
  }

  private static String kinds(List<JsonNode> documents) {
    return documents.isEmpty()
        ? "nothing"
        : String.join(", ", documents.stream().map(d -> d.path("kind").asText("?")).toList());
  }

  private static String where(JsonProcessingException e) {
    var place = e.getLocation();
    String problem = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    return place == null
        ? ": " + problem
        : ", line %d, column %d: %s".formatted(place.getLineNr(), place.getColumnNr(), problem);
  }

  /**
   * What the operator would hand to a pod for it.
   *
   * @throws TrainingFailure naming the field that is no value of its type
   */
  RunConfiguration toRun() {
    JsonNode spec = resource.path("spec");
    ObjectNode run = YAML.createObjectNode();
    for (String part : PARTS) {
      if (spec.has(part)) {
        run.set(part, spec.get(part));
      }
    }
    String runKey = runKey(run, spec.path("runId").asText(""));
    run.put("contractVersion", RunConfiguration.CONTRACT_VERSION);
    run.put("name", resource.path("metadata").path("name").asText(path.toString()));
    run.put("runKey", runKey);
    run.put("gpuCount", spec.path("pod").path("gpu").path("count").asInt(1));
    JsonNode deadline = spec.path("runPolicy").path("progressDeadlineSeconds");
    if (!deadline.isMissingNode()) {
      run.set("progressDeadlineSeconds", deadline);
    }
    return RunJson.convert(run, path + ": spec.");
  }

  /** Names what is trained: another recipe is another run, and wants a folder of its own. */
  private static String runKey(ObjectNode parts, String runId) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(parts.toString().getBytes(StandardCharsets.UTF_8));
      sha256.update(runId.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256.digest(), 0, 5);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
