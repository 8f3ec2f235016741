package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Length, batches, precision: what does not depend on the optimizer. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.microBatchSize) || !has(self.batchSize) || self.microBatchSize <= self.batchSize",
    message = "microBatchSize is larger than batchSize; lower it, or leave it at 0",
    fieldPath = ".microBatchSize")
public record Training(
    @JsonPropertyDescription("Passes over the training images.") @Default("10") @Min(1) @Max(100000)
        @Nullable Integer epochs,
    @JsonPropertyDescription(
            "Images per optimizer step. The last batch of an epoch is kept, unless it is too small for batch norm.")
        @Default("128")
        @Min(1)
        @Max(65536)
        @Nullable Integer batchSize,
    @JsonPropertyDescription(
            "Images per forward pass; gradients add up to batchSize, batch norms see one micro-batch at a time. 0: as many as the device's memory is estimated to hold.")
        @Default("0")
        @Min(0)
        @Max(65536)
        @Nullable Integer microBatchSize,
    @JsonPropertyDescription("Width and height of the network's input, in pixels.")
        @Default("244")
        @Min(32)
        @Max(512)
        @Nullable Integer imageSize,
    @JsonPropertyDescription("Seed of initial weights, order of images, dropout and augmentation.")
        @Default("0")
        @Min(0)
        @Max(9007199254740991d)
        @Nullable Long seed,
    @JsonPropertyDescription(
            "Arithmetic of the network: FP32; TF32, on a GPU; BF16 with FP32 master weights.")
        @Default("FP32")
        @Nullable Precision precision,
    @JsonPropertyDescription("Bitwise repeatable kernels. Absent: true on a CPU, false on a GPU.")
        @Nullable Boolean deterministic,
    @JsonPropertyDescription("How the learning rate moves. Absent: constant.")
        @Nullable Schedule schedule,
    @JsonPropertyDescription(
            "Clips the gradient norm over all parameters (PyTorch's clip_grad_norm_). Absent: no clipping.")
        @Min(value = 0, inclusive = false)
        @Max(1000000)
        @Nullable Double maxGradNorm,
    @JsonPropertyDescription("Random changes to the training images.") @Default("None")
        @Nullable Augmentation augmentation,
    @JsonPropertyDescription(
            "Label smoothing of the training loss; reported losses are without it.")
        @Default("0")
        @Min(0)
        @Max(value = 1, inclusive = false)
        @Nullable Double labelSmoothing,
    @JsonPropertyDescription(
            "All: weight decay on every parameter, as PyTorch's default; NoNormAndBias: not on norms and biases.")
        @Default("All")
        @Nullable WeightDecayOn weightDecayOn,
    @JsonPropertyDescription(
            "Which epoch's weights become the model: the one with the highest validation accuracy, or the last.")
        @Default("BestValidation")
        @Nullable Select select) {

  /** Arithmetic of the network. */
  public enum Precision {
    @JsonProperty("FP32")
    FP32,
    @JsonProperty("TF32")
    TF32,
    @JsonProperty("BF16")
    BF16
  }

  /** Random changes to the training images. */
  public enum Augmentation {
    @JsonProperty("None")
    NONE,
    @JsonProperty("Flip")
    FLIP,
    @JsonProperty("FlipAndCrop")
    FLIP_AND_CROP,
    @JsonProperty("RandomResizedCrop")
    RANDOM_RESIZED_CROP
  }

  /** Which parameters decay. */
  public enum WeightDecayOn {
    @JsonProperty("All")
    ALL,
    @JsonProperty("NoNormAndBias")
    NO_NORM_AND_BIAS
  }

  /** Which epoch's weights become the model. */
  public enum Select {
    @JsonProperty("BestValidation")
    BEST_VALIDATION,
    @JsonProperty("Last")
    LAST
  }
}
