package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation on one part of the data.
 *
 * @param f1 macro F1 over the classes that occur among images or predictions (scikit-learn's {@code
 *     f1_score(average="macro")})
 * @param loss cross-entropy in fp32, mean over images, without smoothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Metrics(
    @Required @JsonPropertyDescription("Which images: Validation or Test.") Split split,
    @Required @Min(0) @JsonPropertyDescription("After which epoch, counted from 1.") int epoch,
    @Required @Min(0) @Max(1) @JsonPropertyDescription("Fraction of images classified correctly.")
        double accuracy,
    @Required @Min(0) @JsonPropertyDescription("Cross-entropy, mean over images.") double loss,
    @Required
        @Min(0)
        @Max(1)
        @JsonPropertyDescription(
            "Macro F1 over the classes that occur among images or predictions, as scikit-learn's f1_score.")
        double f1,
    @Min(0) @Max(1) @JsonPropertyDescription("F1 weighted by the classes' counts.")
        @Nullable Double weightedF1,
    @Min(0)
        @Max(1)
        @JsonPropertyDescription(
            "Fraction of images whose class is among the five most probable; absent with five classes or fewer.")
        @Nullable Double top5Accuracy) {

  /** An evaluation without a figure of the five most probable classes. */
  public Metrics(
      Split split,
      int epoch,
      double accuracy,
      double loss,
      double f1,
      @Nullable Double weightedF1) {
    this(split, epoch, accuracy, loss, f1, weightedF1, null);
  }

  /** A part of the data that is evaluated. */
  public enum Split {
    @JsonProperty("Validation")
    VALIDATION,
    @JsonProperty("Test")
    TEST
  }
}
