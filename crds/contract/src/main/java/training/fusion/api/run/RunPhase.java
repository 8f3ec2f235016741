package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What a run is at, for whoever waits. */
public enum RunPhase {
  /** Data, weights, a checkpoint. */
  @JsonProperty("Loading")
  LOADING,
  @JsonProperty("Training")
  TRAINING,
  /** On the validation images, after an epoch. */
  @JsonProperty("Evaluating")
  EVALUATING,
  /** A checkpoint. */
  @JsonProperty("Saving")
  SAVING,
  /** The chosen weights, in the end; the model is written. */
  @JsonProperty("Testing")
  TESTING
}
