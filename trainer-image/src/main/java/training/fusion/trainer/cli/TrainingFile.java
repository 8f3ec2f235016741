package training.fusion.trainer.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.validation.CrdValidator;
import training.fusion.api.validation.FieldAssignment;
import training.fusion.api.validation.Resource;
import training.fusion.api.validation.ResourceReader;
import training.fusion.api.validation.UnreadableResource;
import training.fusion.api.validation.UnusableAssignment;
import training.fusion.api.validation.Validation;
import training.fusion.trainer.InWords;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;

/**
 * A FusionTraining in a YAML file, for the command line.
 *
 * @param resource the whole document, with the schema's defaults filled in
 */
record TrainingFile(Path path, ObjectNode resource) {
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

  private static final String PAUSE = "pauseAfterEpoch";

  /** As {@link #read(Path, List)}, as the file says. */
  static TrainingFile read(Path path) {
    return read(path, List.of());
  }

  /**
   * Reads a file with one FusionTraining and judges it by the CRD's own rules.
   *
   * @param assignments fields that are to be other than the file says
   * @throws TrainingFailure naming every problem, one a line, each with file, line and field, or
   *     the option that has set it
   */
  static TrainingFile read(Path path, List<FieldAssignment> assignments) {
    List<Resource> found = documents(path, assignments);
    if (found.size() != 1 || !found.get(0).value().path("kind").asText().equals("FusionTraining")) {
      throw TrainingFailure.badConfiguration(
          "%s must hold one resource of kind FusionTraining; it holds %s"
              .formatted(path, kinds(found)));
    }
    Resource document = found.get(0);
    Validation validation = CrdValidator.forFusionTraining().validateCreate(document.value());
    if (!validation.accepted()) {
      throw TrainingFailure.badConfiguration(
          validation.problems().stream().map(document::locate).collect(Collectors.joining("\n")));
    }
    return new TrainingFile(path, validation.object());
  }

  /**
   * All that a file holds.
   *
   * @throws TrainingFailure if it can't be read
   */
  static List<Resource> documents(Path path, List<FieldAssignment> assignments) {
    try {
      return GpuChoice.decided(FieldAssignment.apply(assignments, ResourceReader.read(path)));
    } catch (UnreadableResource | UnusableAssignment e) {
      throw TrainingFailure.badConfiguration(String.valueOf(e.getMessage()));
    } catch (NoSuchFileException e) {
      throw TrainingFailure.badConfiguration("%s: no such file".formatted(path));
    } catch (IOException e) {
      throw TrainingFailure.badConfiguration(
          "%s cannot be read: %s".formatted(path, InWords.of(e)));
    }
  }

  private static String kinds(List<Resource> documents) {
    return documents.isEmpty()
        ? "nothing"
        : documents.stream()
            .map(document -> document.value().path("kind").asText("?"))
            .collect(Collectors.joining(", "));
  }

  /**
   * What the operator would hand to a pod for it.
   *
   * @throws TrainingFailure naming the field that is no value of its type
   */
  RunConfiguration toRun() {
    JsonNode spec = resource.path("spec");
    ObjectNode run = JsonNodeFactory.instance.objectNode();
    for (String part : PARTS) {
      if (spec.has(part)) {
        run.set(part, spec.get(part));
      }
    }
    String runKey = runKey(run, spec.path("runId").asText(""));
    run.put("contractVersion", RunConfiguration.CONTRACT_VERSION);
    JsonNode metadata = resource.path("metadata");
    run.put(
        "name",
        "%s/%s"
            .formatted(
                metadata.path("namespace").asText("default"),
                metadata.path("name").asText(path.toString())));
    run.put("runKey", runKey);
    run.put("gpuCount", spec.path("pod").path("gpu").path("count").asInt(1));
    if (spec.hasNonNull(PAUSE)) { // another pause is the same run
      run.set(PAUSE, spec.get(PAUSE));
    }
    JsonNode deadline = spec.path("runPolicy").path("progressDeadlineSeconds");
    if (!deadline.isMissingNode()) {
      run.set("progressDeadlineSeconds", deadline);
    }
    return RunJson.convert(run, path + ": spec.");
  }

  /** Names what is trained: another recipe is another run, and wants a folder of its own. */
  private static String runKey(ObjectNode parts, String runId) {
    MessageDigest sha256 = Sha256.begin();
    sha256.update(parts.toString().getBytes(StandardCharsets.UTF_8));
    sha256.update(runId.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(sha256.digest(), 0, 5);
  }
}
