package training.fusion.trainer.train;

import static java.util.Objects.requireNonNull;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.process.StoppedException;
import training.fusion.trainer.report.MetricsFile;
import training.fusion.trainer.report.ModelFile;

/**
 * All that a trained run leaves: the model, and beside it the moving average of the weights.
 *
 * @param average null: none was kept
 */
public record FinalModels(FinalModel model, @Nullable FinalModel average) {

  /**
   * Chooses the epochs, evaluates their weights and writes them, and {@code metrics.json}. The
   * learner is of no other use afterwards.
   *
   * @throws StoppedException if the process was asked to end; all of it can be done again
   */
  public static FinalModels write(
      Path run, ImageData data, Learner learner, Evaluator evaluator, RunState state)
      throws InterruptedException, StoppedException {
    int epoch = state.epochs();
    RunState.Best best = requireNonNull(state.best(), "there is at least one epoch");
    RunState.Weights weights = best.weights();
    if (weights != null && best.metrics().epoch() != epoch) {
      epoch = best.metrics().epoch();
      learner.load(run, weights);
    }
    FinalModel model =
        FinalModel.write(run, ModelFile.MODEL, epoch, weights, data, learner, evaluator);
    model.tell("trained");
    FinalModel average = learner.averages() ? average(run, data, learner, evaluator, state) : null;
    new MetricsFile(
            data.classNames(),
            model.validation(),
            model.test(),
            average == null
                ? null
                : new MetricsFile.Average(
                    average.saved().path(), average.validation(), average.test()),
            data.leftOut() == 0 ? null : data.leftOut(),
            data.validatesOnTest()
                ? "split.validation is 0: the model was chosen by its figures on the test images"
                : null)
        .write(run);
    return new FinalModels(model, average);
  }

  private static FinalModel average(
      Path run, ImageData data, Learner learner, Evaluator evaluator, RunState state)
      throws InterruptedException, StoppedException {
    int epoch = state.epochs();
    RunState.Best best = requireNonNull(state.bestEma(), "an average is kept from the first step");
    if (best.weights() != null) {
      epoch = best.metrics().epoch();
      learner.load(run, best.weights());
    } else {
      learner.averaged();
    }
    FinalModel average =
        FinalModel.write(run, ModelFile.AVERAGE, epoch, best.weights(), data, learner, evaluator);
    average.tell("averaged");
    return average;
  }
}
