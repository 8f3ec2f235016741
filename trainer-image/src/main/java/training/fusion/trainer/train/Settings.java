package training.fusion.trainer.train;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Checkpoint;
import training.fusion.api.Training;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.NotSupportedYet;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;

/**
 * What the loop needs of a configuration, with the schema's defaults where a field is absent, as in
 * a file that no API server has completed.
 *
 * @param selectBest whether the epoch with the best validation becomes the model, or the last
 * @param everyMinutes also save within an epoch after so long; null: not
 */
public record Settings(
    int epochs,
    int batchSize,
    long seed,
    double labelSmoothing,
    boolean selectBest,
    int everyEpochs,
    @Nullable Integer everyMinutes,
    int keep) {

  /**
   * Resolves a configuration.
   *
   * @throws TrainingFailure if it asks for what this version does not do
   */
  public static Settings of(RunConfiguration run) {
    List<String> missing = NotSupportedYet.fieldsOf(run);
    if (!missing.isEmpty()) {
      throw new TrainingFailure(
          ExitCode.BAD_CONFIGURATION,
          "NotSupportedYet",
          missing.stream().collect(Collectors.joining(", ", "", " is not supported yet")),
          null);
    }
    Training training = run.training();
    Checkpoint checkpoint =
        run.checkpoint() == null ? new Checkpoint(null, null, null, null, null) : run.checkpoint();
    return new Settings(
        or(training.epochs(), 10),
        or(training.batchSize(), 128),
        training.seed() == null ? 0 : training.seed(),
        training.labelSmoothing() == null ? 0 : training.labelSmoothing(),
        training.select() != Training.Select.LAST,
        or(checkpoint.everyEpochs(), 1),
        checkpoint.everyMinutes(),
        or(checkpoint.keep(), 2));
  }

  private static int or(@Nullable Integer value, int otherwise) {
    return value == null ? otherwise : value;
  }
}
