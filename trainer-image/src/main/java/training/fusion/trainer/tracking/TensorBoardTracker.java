package training.fusion.trainer.tracking;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Locale;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.checkpoint.HistoryRow;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.optim.GroupStep;
import training.fusion.trainer.optim.StepOutcome;
import training.fusion.trainer.report.ConfigurationText;

/**
 * Event files for TensorBoard in the run's folder {@code tensorboard/}; all over the run's steps.
 */
final class TensorBoardTracker implements Tracker {
  /** Steps of which one point is made, so that a long run stays readable and its files small. */
  static final int STEPS_PER_POINT = 10;

  private final EventFile file;
  private double lossSum;
  private int steps;

  /**
   * Begins a file.
   *
   * @param startStep steps that the run has behind it; what was told of later ones is void
   */
  TensorBoardTracker(RunConfiguration run, Path runFolder, long startStep, InstantSource clock)
      throws IOException {
    Path folder = runFolder.resolve("tensorboard");
    boolean first = !EventFile.areIn(folder);
    file = EventFile.create(folder, startStep + 1, clock);
    if (first) { // at step 0, which nothing makes void
      String yaml = ConfigurationText.yaml(run);
      // four spaces make a block of code in Markdown
      file.text("configuration", 0, yaml.indent(4));
    }
  }

  @Override
  public void stepped(long step, StepOutcome outcome) throws IOException {
    lossSum += outcome.loss();
    steps++;
    if (step % STEPS_PER_POINT != 0) {
      return;
    }
    file.scalar("loss/step", step, lossSum / steps);
    lossSum = 0;
    steps = 0;
    for (GroupStep group : outcome.groups()) {
      file.scalar("learning_rate/" + group.group(), step, group.learningRate());
      file.scalar("gradient_norm/" + group.group(), step, group.gradientNorm());
    }
  }

  @Override
  public void evaluated(RunState state) throws IOException {
    HistoryRow row = state.history().get(state.history().size() - 1);
    Metrics metrics = row.evaluation();
    String part = metrics.split().name().toLowerCase(Locale.ROOT);
    file.scalar("loss/train", row.step(), row.trainLoss());
    file.scalar("accuracy/train", row.step(), row.trainAccuracy());
    evaluation(part, row.step(), metrics);
    if (row.ema() != null) {
      evaluation(part + "_ema", row.step(), row.ema());
    }
    file.scalar("speed/images_per_second", row.step(), row.imagesPerSecond());
    file.scalar("epoch", row.step(), row.epoch());
  }

  private void evaluation(String name, long step, Metrics metrics) throws IOException {
    file.scalar("loss/" + name, step, metrics.loss());
    file.scalar("accuracy/" + name, step, metrics.accuracy());
    file.scalar("f1/" + name, step, metrics.f1());
    if (metrics.weightedF1() != null) {
      file.scalar("weighted_f1/" + name, step, metrics.weightedF1());
    }
    if (metrics.top5Accuracy() != null) {
      file.scalar("top5_accuracy/" + name, step, metrics.top5Accuracy());
    }
  }

  @Override
  public void ended(RunResult result) throws IOException {
    Metrics test = result.test();
    if (test != null) {
      file.scalar("loss/test_of_model", result.step(), test.loss());
      file.scalar("accuracy/test_of_model", result.step(), test.accuracy());
      file.scalar("f1/test_of_model", result.step(), test.f1());
    }
    file.close();
  }
}
