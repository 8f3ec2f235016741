package training.fusion.trainer.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.SavedModel;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.model.InferenceArchive;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.module.ModuleDefinition;
import training.fusion.trainer.module.TrainedArchive;
import training.fusion.trainer.safetensors.FileDigest;
import training.fusion.trainer.safetensors.SafetensorsFile;
import training.fusion.trainer.safetensors.SafetensorsWriter;
import training.fusion.trainer.safetensors.TensorSource;

/**
 * The trained model: its weights, {@code model.safetensors}, and {@code model.torchscript.pt}; the
 * same of the averaged weights under another name.
 */
public final class ModelFile {
  private static final String ENDING = ".safetensors";
  private static final String TORCHSCRIPT = ".torchscript.pt";

  /** What the trained weights' files are called, without their endings. */
  public static final String MODEL = "model";

  /** What the averaged weights' files are called. */
  public static final String AVERAGE = "model-ema";

  /** The model's weights. */
  public static final String NAME = MODEL + ENDING;

  private ModelFile() {}

  /** The TorchScript file that a run has left beside these weights. */
  public static Path torchScript(Path weights) {
    String name = String.valueOf(weights.getFileName());
    return weights.resolveSibling(
        (name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name)
            + TORCHSCRIPT);
  }

  /**
   * Writes the file into the run's folder.
   *
   * @param name {@link #MODEL} or {@link #AVERAGE}
   * @param metadata what a reader needs besides the tensors
   * @param tensors under torchvision's names
   */
  public static SavedModel write(
      Path runFolder, String name, SortedMap<String, String> metadata, List<TensorSource> tensors) {
    Path file = runFolder.resolve(name + ENDING);
    Path unfinished = Durable.unfinished(file);
    try {
      Files.deleteIfExists(unfinished);
      FileDigest digest = SafetensorsWriter.write(unfinished, metadata, tensors);
      Durable.publish(unfinished, file);
      return new SavedModel(String.valueOf(file.getFileName()), digest.sha256());
    } catch (IOException e) {
      throw Durable.abandoned(file, e);
    }
  }

  /**
   * Makes the weights of the best epoch the model: the same bytes under the model's name.
   *
   * @param name {@link #MODEL} or {@link #AVERAGE}
   * @param weights of the run's folder
   * @param metadata that the model's file is to have
   * @return null: an older trainer has written them, with other metadata
   */
  public static @Nullable SavedModel of(
      Path runFolder, String name, RunState.Weights weights, SortedMap<String, String> metadata) {
    Path best = runFolder.resolve(weights.file());
    Path file = runFolder.resolve(name + ENDING);
    try {
      try (SafetensorsFile read = SafetensorsFile.open(best)) {
        if (!read.metadata().equals(metadata)) {
          return null;
        }
      }
      // of two names of one file a move would keep both
      if (!Files.exists(file) || !Files.isSameFile(best, file)) {
        Path unfinished = Durable.unfinished(file);
        Files.deleteIfExists(unfinished);
        Durable.share(best, unfinished);
        Durable.publish(unfinished, file);
      }
      return new SavedModel(String.valueOf(file.getFileName()), weights.digest().sha256());
    } catch (IOException e) {
      throw Durable.abandoned(file, e);
    }
  }

  /**
   * Writes the network for inference into the run's folder, for {@code torch.jit.load}.
   *
   * @param name {@link #MODEL} or {@link #AVERAGE}
   * @param metadata JSON; goes into the file as {@code metadata.json}
   * @param tensors under torchvision's names
   */
  public static void writeTorchScript(
      Path runFolder,
      String name,
      NetworkSettings settings,
      String metadata,
      List<TensorSource> tensors) {
    Path file = runFolder.resolve(name + TORCHSCRIPT);
    try {
      Durable.write(
          file,
          out -> {
            if (settings.kind().definition() instanceof ModuleDefinition module) {
              TrainedArchive.write(out, module.file(), metadata, tensors);
            } else {
              InferenceArchive.write(out, settings, metadata, tensors);
            }
          });
    } catch (IOException e) {
      throw Durable.failure(file, e);
    }
  }
}
