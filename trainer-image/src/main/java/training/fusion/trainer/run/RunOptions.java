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
 */
public record RunOptions(
    boolean profiled,
    boolean acceptsChangedData,
    @Nullable Path linkedIn,
    @Nullable ProgressListener follower) {}
