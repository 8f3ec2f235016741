package training.fusion.trainer.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.TensorFolder;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.sample.TensorRows;
import training.fusion.trainer.train.TrainedModel;

/** The files of tensors that a command line names, as the run was shown its own. */
final class TensorArguments {
  private TensorArguments() {}

  /**
   * Reads their headers.
   *
   * @throws TrainingFailure if one is missing or damaged, or has not the run's inputs
   */
  static TensorRows read(List<Path> files, TrainedModel model) {
    for (Path file : files) {
      if (!Files.isRegularFile(file)) {
        throw TrainingFailure.badConfiguration(
            "%s is no file; %s was trained on tensors, and takes .safetensors, .npy and .npz files"
                .formatted(file, model.file()));
      }
    }
    Path folder = Objects.requireNonNull(model.file().toAbsolutePath().getParent());
    if (!Files.exists(folder.resolve(ConfigurationFile.FILE))) {
      throw TrainingFailure.badConfiguration(
          "there is no %s beside %s, which says what its inputs are called and how they are normalized"
              .formatted(ConfigurationFile.FILE, model.file()));
    }
    Dataset dataset = ConfigurationFile.read(folder).dataset();
    return TensorFolder.unlabelled(
        files, dataset.tensors(), Objects.requireNonNullElse(model.tensors(), List.of()));
  }
}
