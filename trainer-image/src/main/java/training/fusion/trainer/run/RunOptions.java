package training.fusion.trainer.run;

/**
 * What a run is asked for on the command line, beside its configuration.
 *
 * @param profiled whether each step's phases are timed
 * @param acceptsChangedData whether it goes on although its data set is not as it was
 */
public record RunOptions(boolean profiled, boolean acceptsChangedData) {}
