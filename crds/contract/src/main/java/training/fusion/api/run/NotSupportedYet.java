package training.fusion.api.run;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.api.Optimization;
import training.fusion.api.Optimizer;
import training.fusion.api.Schedule;
import training.fusion.api.Source;
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
    found.optimization(run.optimization());
    found.training(run.training());
    if (run.checkpoint() != null && run.checkpoint().resumeFrom() != null) {
      found.add("checkpoint.resumeFrom", "");
    }
    if (run.tracking() != null) {
      found.when(run.tracking().mlflow() != null, "tracking.mlflow", "");
    }
    return List.copyOf(found.fields);
  }

  private void model(RunConfiguration run) {
    if (run.model().pretrained() != null) {
      source(run.model().pretrained().source(), "model.pretrained.source");
    }
  }

  private void dataset(Dataset dataset) {
    when(dataset.format() == Dataset.Format.CIFAR10, "dataset.format", "CIFAR10");
    when(dataset.format() == Dataset.Format.IMAGE_FOLDER, "dataset.format", "ImageFolder");
    source(dataset.source(), "dataset.source");
    when(dataset.onError() == Dataset.OnError.SKIP, "dataset.onError", "Skip");
    when(
        dataset.resize() != null
            && dataset.resize().interpolation() == Dataset.Resize.Interpolation.BICUBIC,
        "dataset.resize.interpolation",
        "Bicubic");
  }

  private void source(Source source, String path) {
    when(source.https() != null, path + ".https", "");
    when(source.s3() != null, path + ".s3", "");
    when(source.image() != null, path + ".image", "");
  }

  private void optimization(Optimization optimization) {
    when(optimization.swats() != null, "optimization.swats", "");
    when(optimization.mas() != null, "optimization.mas", "");
    if (optimization.single() != null) {
      optimizer(optimization.single().optimizer(), "optimization.single.optimizer");
    }
    if (optimization.fusion() != null) {
      var low = optimization.fusion().lowLevel();
      var high = optimization.fusion().highLevel();
      optimizer(low.optimizer(), "optimization.fusion.lowLevel.optimizer");
      optimizer(high.optimizer(), "optimization.fusion.highLevel.optimizer");
      group("optimization.fusion.lowLevel", low.schedule(), low.maxGradNorm());
      group("optimization.fusion.highLevel", high.schedule(), high.maxGradNorm());
    }
  }

  private void optimizer(Optimizer optimizer, String path) {
    switch (optimizer.type()) {
      case RADAM, NADAM -> add(path + ".type", optimizer.type().toString());
      case SGD, ADAM, ADAMW, NONE -> {}
    }
  }

  private void group(String path, @Nullable Schedule schedule, @Nullable Double maxGradNorm) {
    when(schedule != null, path + ".schedule", "");
    when(maxGradNorm != null, path + ".maxGradNorm", "");
  }

  private void training(Training training) {
    when(
        training.augmentation() != null && training.augmentation() != Training.Augmentation.NONE,
        "training.augmentation",
        "");
    when(
        training.schedule() != null && training.schedule().type() == Schedule.Type.STEP,
        "training.schedule.type",
        "Step");
    when(
        training.weightDecayOn() == Training.WeightDecayOn.NO_NORM_AND_BIAS,
        "training.weightDecayOn",
        "NoNormAndBias");
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
