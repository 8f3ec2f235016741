package training.fusion.trainer.run;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.report.ProgressListener;

/**
 * What a run is asked for on the command line, beside its configuration.
 *
 * @param profiled whether each step's phases are timed
 * @param acceptsChangedData whether it goes on although its data set is not as it was
 * @param linkedIn folder in which a link by the run's name leads to it once it is begun; null:
 *     nowhere
 * @param follower is told how it gets on, where no operator is; null: nobody is
 * @param prolonged whether it has more epochs now than it was begun with, and so no result yet
 * @param further where early stopping had ended it before; null: it had not
 */
public record RunOptions(
    boolean profiled,
    boolean acceptsChangedData,
    @Nullable Path linkedIn,
    @Nullable ProgressListener follower,
    boolean prolonged,
    @Nullable FurtherTraining further) {
  /** Of a run that is as long as it was. */
  public RunOptions(
      boolean profiled,
      boolean acceptsChangedData,
      @Nullable Path linkedIn,
      @Nullable ProgressListener follower) {
    this(profiled, acceptsChangedData, linkedIn, follower, false, null);
  }

  /**
   * The same, for a run that has more epochs now than it was begun with.
   *
   * @param from where early stopping had ended it; null: it had not
   */
  public RunOptions trainedFurther(@Nullable FurtherTraining from) {
    return new RunOptions(profiled, acceptsChangedData, linkedIn, follower, true, from);
  }
}
