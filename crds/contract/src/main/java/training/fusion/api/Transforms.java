package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Random changes to the training images beyond {@link Training#augmentation}: torchvision's
 * transforms of these names, with its defaults (see {@link TransformDefaults}).
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.randAugment) || !has(self.trivialAugmentWide)",
    message = "transforms has randAugment and trivialAugmentWide; remove one of them")
public record Transforms(
    @JsonPropertyDescription("How augmentation: RandomResizedCrop cuts; only with it.")
        @Nullable RandomResizedCrop randomResizedCrop,
    @JsonPropertyDescription(
            "Mirrors left and right, in place of what augmentation does; probability 0: never.")
        @Nullable RandomFlip randomHorizontalFlip,
    @JsonPropertyDescription("Mirrors top and bottom.") @Nullable RandomFlip randomVerticalFlip,
    @JsonPropertyDescription(
            "Some operations in a row, drawn from fourteen, all of one magnitude (Cubuk et al.).")
        @Nullable RandAugment randAugment,
    @JsonPropertyDescription(
            "One operation of fourteen, of a magnitude that is drawn too (Müller and Hutter). Not beside randAugment.")
        @Nullable TrivialAugmentWide trivialAugmentWide,
    @JsonPropertyDescription("Changes brightness, contrast, saturation and hue, in random order.")
        @Nullable ColorJitter colorJitter,
    @JsonPropertyDescription("Overwrites a random box of the network's input, after normalization.")
        @Nullable RandomErasing randomErasing,
    @JsonPropertyDescription(
            "Blends each image, and its label, with the one before it in its micro-batch (Zhang et al.). Beside cutMix, one of the two is drawn for each batch.")
        @Nullable Mixing mixUp,
    @JsonPropertyDescription(
            "Overwrites a box of each image with that of the one before it in its micro-batch, and mixes labels by area (Yun et al.).")
        @Nullable Mixing cutMix) {

  /** The bounds of a random part of a picture. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!has(self.scale) || self.scale[0] <= self.scale[1]",
      message = "scale has its larger number first; turn them round",
      fieldPath = ".scale")
  @ValidationRule(
      value = "!has(self.ratio) || self.ratio[0] <= self.ratio[1]",
      message = "ratio has its larger number first; turn them round",
      fieldPath = ".ratio")
  public record RandomResizedCrop(
      @JsonPropertyDescription(
              "Smallest and largest part of the picture's area. Absent: [0.08, 1].")
          @Size(min = 2, max = 2)
          @Nullable List<@Min(value = 0, inclusive = false) @Max(1) Double> scale,
      @JsonPropertyDescription(
              "Smallest and largest width / height of the part. Absent: [3/4, 4/3].")
          @Size(min = 2, max = 2)
          @Nullable List<@Min(0.01) @Max(100) Double> ratio) {}

  /** A mirror image, sometimes. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record RandomFlip(
      @JsonPropertyDescription("How often an image is changed. Absent: 0.5.") @Min(0) @Max(1)
          @Nullable Double probability) {}

  /** Operations of one magnitude. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value =
          "(has(self.magnitude) ? self.magnitude : 9) < (has(self.numMagnitudeBins) ? self.numMagnitudeBins : 31)",
      message = "magnitude must be below numMagnitudeBins; lower it (absent: 9 of 31)",
      fieldPath = ".magnitude")
  public record RandAugment(
      @JsonPropertyDescription("Operations in a row, drawn with replacement. Absent: 2.")
          @Min(1)
          @Max(14)
          @Nullable Integer numOps,
      @JsonPropertyDescription("Number of the magnitude, from 0, the weakest. Absent: 9.")
          @Min(0)
          @Max(1000)
          @Nullable Integer magnitude,
      @JsonPropertyDescription("How many magnitudes there are. Absent: 31.") @Min(2) @Max(1001)
          @Nullable Integer numMagnitudeBins,
      @JsonPropertyDescription(
              "Of shears, translations and rotations; black comes in from outside. Absent: Nearest.")
          @Nullable Interpolation interpolation) {}

  /** One operation of any magnitude. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record TrivialAugmentWide(
      @JsonPropertyDescription("How many magnitudes there are. Absent: 31.") @Min(2) @Max(1001)
          @Nullable Integer numMagnitudeBins,
      @JsonPropertyDescription(
              "Of shears, translations and rotations; black comes in from outside. Absent: Nearest.")
          @Nullable Interpolation interpolation) {}

  /** How a pixel that comes from between pixels is made. */
  public enum Interpolation {
    @JsonProperty("Nearest")
    NEAREST,
    @JsonProperty("Bilinear")
    BILINEAR
  }

  /** Changes of colour. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.brightness) || has(self.contrast) || has(self.saturation) || has(self.hue)",
      message = "colorJitter changes nothing; set brightness, contrast, saturation or hue")
  public record ColorJitter(
      @JsonPropertyDescription(
              "The factor is from max(0, 1 - brightness) to 1 + brightness. Absent: unchanged.")
          @Min(0)
          @Max(100)
          @Nullable Double brightness,
      @JsonPropertyDescription(
              "The factor is from max(0, 1 - contrast) to 1 + contrast. Absent: unchanged.")
          @Min(0)
          @Max(100)
          @Nullable Double contrast,
      @JsonPropertyDescription(
              "The factor is from max(0, 1 - saturation) to 1 + saturation. Absent: unchanged.")
          @Min(0)
          @Max(100)
          @Nullable Double saturation,
      @JsonPropertyDescription("Turns the hue by -hue to hue of a full turn. Absent: unchanged.")
          @Min(0)
          @Max(0.5)
          @Nullable Double hue) {}

  /** A box that is overwritten. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "!has(self.scale) || self.scale[0] <= self.scale[1]",
      message = "scale has its larger number first; turn them round",
      fieldPath = ".scale")
  @ValidationRule(
      value = "!has(self.ratio) || self.ratio[0] <= self.ratio[1]",
      message = "ratio has its larger number first; turn them round",
      fieldPath = ".ratio")
  public record RandomErasing(
      @JsonPropertyDescription("How often an image is changed. Absent: 0.5.") @Min(0) @Max(1)
          @Nullable Double probability,
      @JsonPropertyDescription(
              "Smallest and largest part of the image's area. Absent: [0.02, 0.33].")
          @Size(min = 2, max = 2)
          @Nullable List<@Min(0) @Max(1) Double> scale,
      @JsonPropertyDescription(
              "Smallest and largest height / width of the box. Absent: [0.3, 3.3].")
          @Size(min = 2, max = 2)
          @Nullable List<@Min(0.01) @Max(100) Double> ratio,
      @JsonPropertyDescription(
              "What the box is overwritten with: Zero, which normalization makes the mean colour; or Random, normal noise. Absent: Zero.")
          @Nullable Value value) {

    /** What a box is overwritten with. */
    public enum Value {
      @JsonProperty("Zero")
      ZERO,
      @JsonProperty("Random")
      RANDOM
    }
  }

  /** How much of another image comes into one. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Mixing(
      @JsonPropertyDescription(
              "An image's own share is drawn once for each batch from Beta(alpha, alpha). Absent: 1.")
          @Min(value = 0, inclusive = false)
          @Max(1000)
          @Nullable Double alpha) {}
}
