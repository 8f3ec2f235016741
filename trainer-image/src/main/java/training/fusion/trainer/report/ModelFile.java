package training.fusion.trainer.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import training.fusion.api.run.SavedModel;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.safetensors.FileDigest;
import training.fusion.trainer.safetensors.SafetensorsWriter;
import training.fusion.trainer.safetensors.TensorSource;

/** The trained weights, {@code model.safetensors}. */
public final class ModelFile {
  public static final String NAME = "model.safetensors";

  private ModelFile() {}

  /**
   * Writes the file into the run's folder.
   *
   * @param metadata what a reader needs besides the tensors
   * @param tensors under torchvision's names
   */
  public static SavedModel write(
      Path runFolder, SortedMap<String, String> metadata, List<TensorSource> tensors) {
    Path file = runFolder.resolve(NAME);
    Path unfinished = Durable.unfinished(file);
    try {
      Files.deleteIfExists(unfinished);
      FileDigest digest = SafetensorsWriter.write(unfinished, metadata, tensors);
      Durable.publish(unfinished, file);
      return new SavedModel(NAME, digest.sha256());
    } catch (IOException e) {
      throw Durable.failure(file, e);
    }
  }
}
