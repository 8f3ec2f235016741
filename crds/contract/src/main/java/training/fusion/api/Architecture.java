package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonProperty;

/** An image classifier, its blocks numbered as in the paper (torchvision's order). */
public enum Architecture {
  /** torchvision's {@code efficientnet_v2_s}; blocks 0–7 are {@code features[0..7]}. */
  @JsonProperty("EfficientNetV2-S")
  EFFICIENTNET_V2_S("EfficientNetV2-S"),
  /** torchvision's {@code vit_b_16}; blocks 0–11 are its encoders. */
  @JsonProperty("ViT-B-16")
  VIT_B_16("ViT-B-16");

  private final String label;

  Architecture(String label) {
    this.label = label;
  }

  /** The name in YAML. */
  @Override
  public String toString() {
    return label;
  }
}
