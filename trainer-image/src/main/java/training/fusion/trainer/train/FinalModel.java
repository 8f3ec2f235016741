package training.fusion.trainer.train;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.SavedModel;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.process.StoppedException;
import training.fusion.trainer.report.DetailedMetrics;
import training.fusion.trainer.report.EvaluatedPart;
import training.fusion.trainer.report.ModelFile;

/**
 * Weights that a trained run leaves, and what they do.
 *
 * @param epoch whose weights they are, from 1
 * @param validation null: there are no validation images
 * @param chosenBy on the images that epochs were compared by: of validation, or without any of test
 */
public record FinalModel(
    int epoch,
    SavedModel saved,
    @Nullable DetailedMetrics validation,
    DetailedMetrics test,
    EvaluatedPart chosenBy) {
  private static final Logger LOG = LoggerFactory.getLogger(FinalModel.class);

  /**
   * Evaluates the learner's present weights and writes them into the run's folder.
   *
   * @param name of the files: {@link ModelFile#MODEL} or {@link ModelFile#AVERAGE}
   * @param weights file that holds just these weights; null: there is none
   * @throws StoppedException if the process was asked to end; all of it can be done again
   */
  static FinalModel write(
      Path run,
      String name,
      int epoch,
      RunState.@Nullable Weights weights,
      ImageData data,
      Learner learner,
      Evaluator evaluator)
      throws InterruptedException, StoppedException {
    EvaluatedPart validation =
        data.validatesOnTest()
            ? null
            : evaluator.evaluate(data.validation(), Metrics.Split.VALIDATION, epoch);
    DatasetDigest dataset = DatasetDigest.of(data);
    EvaluatedPart test = evaluator.evaluate(data.test(), Metrics.Split.TEST, epoch);
    var card = ModelCard.metadata(learner.network(), dataset, learner.convention());
    SavedModel best = weights == null ? null : ModelFile.of(run, name, weights, card);
    SavedModel saved =
        best != null ? best : ModelFile.write(run, name, card, learner.modelTensors());
    ModelFile.writeTorchScript(
        run,
        name,
        learner.network().settings(),
        ModelCard.json(learner.network(), dataset, learner.convention()),
        learner.modelTensors());
    return new FinalModel(
        epoch,
        saved,
        validation == null ? null : validation.metrics(),
        test.metrics(),
        validation == null ? test : validation);
  }

  /**
   * Says so.
   *
   * @param weights what weights these are: trained, or averaged
   */
  void tell(String weights) {
    Metrics figures = test.figures();
    LOG.info(
        String.format(
            Locale.ROOT,
            "%s: the %s weights of epoch %d, with test loss %.4f, accuracy %.4f, F1 %.4f",
            saved.path(),
            weights,
            epoch,
            figures.loss(),
            figures.accuracy(),
            figures.f1()));
  }
}
