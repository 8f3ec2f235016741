package training.fusion.trainer.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.model.NetworkSettings.Pictures;
import training.fusion.trainer.report.ModelFile;
import training.fusion.trainer.safetensors.SafetensorsFile;

/** A model that a run has left. */
public record TrainedModel(Path file, ModelCard card) {

  /**
   * Finds a model and reads its header.
   *
   * @param runOrModel a run's folder, or a model's file
   * @throws TrainingFailure if there is none, or it is not one of ours
   */
  public static TrainedModel find(Path runOrModel) {
    boolean folder = Files.isDirectory(runOrModel);
    Path file = folder ? runOrModel.resolve(ModelFile.NAME) : runOrModel;
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      return new TrainedModel(file, ModelCard.read(file, opened.metadata()));
    } catch (NoSuchFileException e) {
      throw TrainingFailure.badConfiguration(
          folder
              ? "%s has no %s: its training is not finished; ./fusion resume goes on with it"
                  .formatted(runOrModel, ModelFile.NAME)
              : "%s: no such file or folder".formatted(runOrModel));
    } catch (IOException e) {
      throw TrainingFailure.badConfiguration(String.valueOf(e.getMessage()));
    }
  }

  /** The network for pictures of this shape; of no use to train. */
  NetworkSettings network(Pictures pictures) {
    return new NetworkSettings(
        card.architecture(),
        card.variant(),
        card.classes().size(),
        card.preprocessing().imageSize(),
        0,
        0,
        pictures,
        card.preprocessing().resize(),
        card.preprocessing().mean(),
        card.preprocessing().std(),
        0,
        Precision.FP32);
  }

  /** Brings a network to the model's weights. */
  void load(Network network) {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      TensorFiles.read(opened, network.manager(), network::load);
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration(
          "%s is not the %s that its header says: %s"
              .formatted(file, card.architecture(), e.getMessage()));
    } catch (IOException e) {
      throw TrainingFailure.temporaryIo("%s cannot be read: %s".formatted(file, e), e);
    }
  }
}
