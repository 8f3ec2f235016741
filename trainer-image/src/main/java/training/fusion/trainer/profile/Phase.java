package training.fusion.trainer.profile;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/** A part of a training step's time; together they are the whole of it. */
public enum Phase {
  /** The next batch is not ready yet. */
  @JsonProperty("inputWait")
  INPUT_WAIT,
  /** From the batch's bytes to its loss, the way to the device and the casts of BF16 included. */
  @JsonProperty("forward")
  FORWARD,
  /** From the loss to the gradients. */
  @JsonProperty("backward")
  BACKWARD,
  /** Norms, the check for finiteness, the update, the moving average. */
  @JsonProperty("optimizer")
  OPTIMIZER,
  /** The rest: the step's figures are read, counted, tracked and told. */
  @JsonProperty("host")
  HOST;

  /** As a table says it. */
  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
