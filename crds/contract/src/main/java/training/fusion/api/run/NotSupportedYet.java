package training.fusion.api.run;

import java.util.ArrayList;
import java.util.List;
import training.fusion.api.Dataset;
import training.fusion.api.Training;

/**
 * Fields that the schema knows and the trainer does not act on yet. Asking for one is answered by
 * name, by the operator in a condition and by the trainer with exit 64, never by silence.
 */
public final class NotSupportedYet {
  private final List<String> fields = new ArrayList<>();

  private NotSupportedYet() {}

  /** Paths below {@code spec}, with the value asked for, that this version does not act on. */
  public static List<String> fieldsOf(RunConfiguration run) {
    var found = new NotSupportedYet();
    found.model(run);
    found.dataset(run.dataset());
    found.training(run.training());
    if (run.checkpoint() != null && run.checkpoint().resumeFrom() != null) {
      found.add("checkpoint.resumeFrom", "");
    }
    if (run.tracking() != null) {
      found.when(Boolean.TRUE.equals(run.tracking().tensorboard()), "tracking.tensorboard", "");
      found.when(run.tracking().mlflow() != null, "tracking.mlflow", "");
    }
    return List.copyOf(found.fields);
  }

  private void model(RunConfiguration run) {
    when(
        run.model().architecture() == training.fusion.api.Architecture.VIT_B_16,
        "model.architecture",
        "ViT-B-16");
    when(run.model().pretrained() != null, "model.pretrained", "");
  }

  private void dataset(Dataset dataset) {
    when(dataset.format() == Dataset.Format.CIFAR10, "dataset.format", "CIFAR10");
    when(dataset.format() == Dataset.Format.IMAGE_FOLDER, "dataset.format", "ImageFolder");
    when(dataset.source().https() != null, "dataset.source.https", "");
    when(dataset.source().s3() != null, "dataset.source.s3", "");
    when(dataset.source().image() != null, "dataset.source.image", "");
    when(dataset.onError() == Dataset.OnError.SKIP, "dataset.onError", "Skip");
    when(
        dataset.resize() != null
            && dataset.resize().interpolation() == Dataset.Resize.Interpolation.BICUBIC,
        "dataset.resize.interpolation",
        "Bicubic");
  }

  private void training(Training training) {
    int microBatchSize = training.microBatchSize() == null ? 0 : training.microBatchSize();
    when(
        microBatchSize != 0 && !Integer.valueOf(microBatchSize).equals(training.batchSize()),
        "training.microBatchSize",
        String.valueOf(microBatchSize));
    if (training.precision() != null && training.precision() != Training.Precision.FP32) {
      add("training.precision", training.precision().name());
    }
    when(
        training.augmentation() != null && training.augmentation() != Training.Augmentation.NONE,
        "training.augmentation",
        "");
  }

  private void when(boolean asked, String path, String value) {
    if (asked) {
      add(path, value);
    }
  }

  private void add(String path, String value) {
    fields.add("spec." + path + (value.isEmpty() ? "" : ": " + value));
  }
}
