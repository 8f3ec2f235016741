package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** An update rule, with PyTorch's semantics. */
public enum OptimizerType {
  /** {@code torch.optim.SGD}. */
  @JsonProperty("SGD")
  SGD("SGD"),
  /** {@code torch.optim.Adam}. */
  @JsonProperty("Adam")
  ADAM("Adam"),
  /** {@code torch.optim.AdamW}. */
  @JsonProperty("AdamW")
  ADAMW("AdamW"),
  /** {@code torch.optim.RAdam}. */
  @JsonProperty("RAdam")
  RADAM("RAdam"),
  /** {@code torch.optim.NAdam}. */
  @JsonProperty("NAdam")
  NADAM("NAdam"),
  /** Frozen: no update; batch norm still gathers its running statistics. */
  @JsonProperty("None")
  NONE("None");

  private final String label;

  OptimizerType(String label) {
    this.label = label;
  }

  /** The name in YAML. */
  @Override
  public String toString() {
    return label;
  }
}
