package training.fusion.trainer.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.JsonFile;

/** The file {@code configuration.json}: all that a run needs to go on, or to be told about. */
public final class ConfigurationFile {
  public static final String FILE = "configuration.json";

  private static final ObjectMapper JSON = new ObjectMapper();

  private ConfigurationFile() {}

  /** Writes the file into the run's folder. */
  public static void write(Path runFolder, RunConfiguration run) {
    JsonFile.write(runFolder.resolve(FILE), run);
  }

  /** A run's configuration with more epochs. */
  public static RunConfiguration prolonged(RunConfiguration run, int epochs) {
    ObjectNode tree = JSON.valueToTree(run);
    tree.withObject("/training").put("epochs", epochs);
    return JSON.convertValue(tree, RunConfiguration.class);
  }

  /** A run's configuration without a pause before its end. */
  public static RunConfiguration unpaused(RunConfiguration run) {
    ObjectNode tree = JSON.valueToTree(run);
    tree.remove("pauseAfterEpoch");
    return JSON.convertValue(tree, RunConfiguration.class);
  }

  /**
   * The configuration of the run whose folder this is.
   *
   * @throws TrainingFailure if it is no run's folder
   */
  public static RunConfiguration read(Path runFolder) {
    if (!Files.isDirectory(runFolder)) {
      throw TrainingFailure.badConfiguration("%s: no such folder".formatted(runFolder));
    }
    return JsonFile.read(runFolder.resolve(FILE), RunConfiguration.class)
        .orElseThrow(
            () ->
                TrainingFailure.badConfiguration(
                    "%s has no %s, so it is no run's folder; give the one that train's --output named"
                        .formatted(runFolder, FILE)));
  }
}
