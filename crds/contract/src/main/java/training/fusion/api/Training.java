package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Length, batches, precision: what does not depend on the optimizer. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "!has(self.microBatchSize) || !has(self.batchSize) || self.microBatchSize <= self.batchSize",
    message = "microBatchSize is larger than batchSize; lower it, or leave it at 0",
    fieldPath = ".microBatchSize")
@ValidationRule(
    value =
        "!has(self.transforms) || !has(self.transforms.randomResizedCrop) || (has(self.augmentation) && self.augmentation == 'RandomResizedCrop')",
    message =
        "transforms.randomResizedCrop says how augmentation: RandomResizedCrop cuts; choose that augmentation, or remove it",
    fieldPath = ".transforms")
@ValidationRule(
    value =
        "!has(self.transforms) || !(has(self.transforms.mixUp) || has(self.transforms.cutMix)) || !has(self.microBatchSize) || self.microBatchSize != 1",
    message = "mixUp and cutMix mix the images of a micro-batch; raise microBatchSize above 1",
    fieldPath = ".microBatchSize")
@ValidationRule(
    value =
        "!has(self.maxGradNorm) || !has(self.updateOrder) || self.updateOrder != 'DuringBackward'",
    message =
        "updateOrder: DuringBackward updates a block before the other blocks have gradients, and maxGradNorm is the norm of all; set the maxGradNorm of each level instead, or choose updateOrder: DuringForward",
    fieldPath = ".updateOrder")
@ValidationRule(
    value = "!has(self.ema) || !has(self.updateOrder) || self.updateOrder != 'DuringForward'",
    message =
        "ema averages the weights after each step, and with updateOrder: DuringForward these come with the next one; choose updateOrder: DuringBackward, or remove ema",
    fieldPath = ".updateOrder")
@ValidationRule(
    value =
        "!has(self.sharpnessAware) || !has(self.updateOrder) || self.updateOrder == 'AfterBackward'",
    message =
        "sharpnessAware first moves all weights by all gradients, which updateOrder: DuringBackward and DuringForward do not wait for; choose updateOrder: AfterBackward, or remove sharpnessAware",
    fieldPath = ".updateOrder")
@ValidationRule(
    value = "!has(self.selectMetric) || !has(self.select) || self.select == 'BestValidation'",
    message = "selectMetric applies to select: BestValidation only; remove it, or choose that",
    fieldPath = ".selectMetric")
@ValidationRule(
    value =
        "!has(self.schedule) || !has(self.schedule.warmupEpochs) || !has(self.epochs) || self.schedule.warmupEpochs < self.epochs",
    message = "schedule.warmupEpochs is as long as the training; lower it below epochs",
    fieldPath = ".schedule")
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
    @JsonPropertyDescription(
            "Width and height of the network's input, in pixels; what is beyond the last whole patch is not looked at. Absent: the network's own (${defaults}).")
        @Min(32)
        @Max(512)
        @Nullable Integer imageSize,
    @JsonPropertyDescription("Seed of initial weights, order of images, dropout and augmentation.")
        @Default("0")
        @Min(0)
        @Max(9007199254740991d)
        @Nullable Long seed,
    @JsonPropertyDescription(
            "Arithmetic of the network: FP32; TF32, on a GPU; BF16 with FP32 master weights, on a CPU with AVX-512 BF16 or AMX: without, it is computed in software, several to many times slower than FP32, and the trainer warns.")
        @Default("FP32")
        @Nullable Precision precision,
    @JsonPropertyDescription(
            "Bitwise repeatable kernels. A run that is repeated, or goes on from a checkpoint, is the same bit for bit with the same number of threads and the same kernels, which libtorch chooses by the make of processor; the checkpoint's manifest names both, and the log of a pod that has others says so. Absent: true on a CPU, false on a GPU.")
        @Nullable Boolean deterministic,
    @JsonPropertyDescription("How the learning rate moves. Absent: constant.")
        @Nullable Schedule schedule,
    @JsonPropertyDescription(
            "Clips the gradient norm over all parameters (PyTorch's clip_grad_norm_). Absent: no clipping.")
        @Min(value = 0, inclusive = false)
        @Max(1000000)
        @Nullable Double maxGradNorm,
    @JsonPropertyDescription(
            "When a step updates the weights, which are the same in each case, bit for bit. AfterBackward: all of them, once every gradient is there. DuringBackward: each block the moment its gradients are there, which are then freed; a level with a maxGradNorm of its own, or under LAMB with its one, is updated together. Where a gradient is not finite, blocks after it may have been updated when the training ends with that, and nothing is saved. DuringForward: each block when the next step first reads it; its gradients wait until then.")
        @Default("AfterBackward")
        @Nullable UpdateOrder updateOrder,
    @JsonPropertyDescription(
            "Sharpness-aware minimization (Foret and others 2021), with any strategy: the gradients g of all that is trained move the weights by rho · g / ‖g‖, the gradients there are computed, and with these the optimizers move the weights as they were. g is without weight decay and not clipped. A step so computes everything twice and keeps a copy of the weights. Both passes have the same pictures, dropped inputs and skipped branches. Loss and accuracy of the training images, and batch norms' running statistics, are those of the first pass, for they speak of the weights; maxGradNorm clips, and gradient norms are told of, the second. Absent: not used.")
        @Nullable SharpnessAware sharpnessAware,
    @JsonPropertyDescription(
            "Random changes to the training images. Flip: mirrored half of the time; FlipAndCrop: also moved by up to an eighth of imageSize, black around (the usual 4 of CIFAR's 32 pixels); RandomResizedCrop: torchvision's, of the picture before it is resized, then Flip.")
        @Default("None")
        @Nullable Augmentation augmentation,
    @JsonPropertyDescription(
            "Further random changes to the training images, as torchvision's transforms of these names, in this order: the pictures after augmentation (flips, randAugment or trivialAugmentWide, colorJitter), then the network's input (randomErasing), then the batch (mixUp or cutMix). What a picture meets depends on seed, epoch and picture alone. Absent: none.")
        @Nullable Transforms transforms,
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
            "Which epoch's weights become the model: the one with the best validation, by selectMetric, or the last.")
        @Default("BestValidation")
        @Nullable Select select,
    @JsonPropertyDescription(
            "What makes a validation the best: the highest Accuracy or F1, of equal ones that with the lower loss; or the lowest Loss. Absent: Accuracy.")
        @Nullable Metric selectMetric,
    @JsonPropertyDescription(
            "Weights of the classes in the training loss, as CrossEntropyLoss(weight=…): the batch's mean is weighted too. Evaluations are without them. Absent: all classes count alike.")
        @Nullable ClassWeights classWeights,
    @JsonPropertyDescription(
            "Also keeps an exponential moving average of the weights and of batch norms' statistics, as AveragedModel(get_ema_multi_avg_fn(decay), use_buffers=True): evaluated beside the trained weights, and saved beside the model as model-ema.safetensors. Absent: none.")
        @Nullable Ema ema,
    @JsonPropertyDescription(
            "Ends the training before its last epoch when validation no longer improves. Absent: all epochs are trained.")
        @Nullable EarlyStopping earlyStopping) {

  /** Weights of the classes in the training loss: computed or listed. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.type) != has(self.values)",
      message = "classWeights is either a type or values; set one of them" + ExactlyOne.LEFT_OVER)
  @ValidationRule(
      value = "!has(self.beta) || (has(self.type) && self.type == 'EffectiveNumber')",
      message =
          "classWeights.beta applies to type: EffectiveNumber only; remove it, or choose that type",
      fieldPath = ".beta")
  public record ClassWeights(
      @JsonPropertyDescription(
              "Counted over the images to train on. Balanced: images / (classes · images of the class), as scikit-learn's compute_class_weight. Over a long tail, where these reach from thousandths to hundreds: InverseSquareRoot, in proportion to 1 / √(images of the class); EffectiveNumber, to (1 - beta) / (1 - beta^(images of the class)) (Cui and others 2019, class-balanced loss). All three are 1 in the mean over the images.")
          @Nullable Type type,
      @JsonPropertyDescription(
              "Of EffectiveNumber: how far further images of a class count; a class counts as at most 1 / (1 - beta) of them. 0: all classes count alike; towards 1 it becomes Balanced. Absent: 0.999.")
          @Min(0)
          @Max(value = 1, inclusive = false)
          @Nullable Double beta,
      @JsonPropertyDescription("One weight for each class, in the order of the classes.")
          @Size(min = 2, max = 10000)
          @Nullable List<@Min(value = 0, inclusive = false) @Max(1000000) Double> values) {

    /** How weights are computed. */
    public enum Type {
      @JsonProperty("Balanced")
      BALANCED,
      @JsonProperty("InverseSquareRoot")
      INVERSE_SQUARE_ROOT,
      @JsonProperty("EffectiveNumber")
      EFFECTIVE_NUMBER
    }
  }

  /** Sharpness-aware minimization. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SharpnessAware(
      @JsonPropertyDescription(
              "How far from the weights the gradients are computed, as the norm over all that is trained; the paper tried 0.01 to 0.5.")
          @Default("0.05")
          @Min(value = 0, inclusive = false)
          @Max(10)
          @Nullable Double rho) {}

  /** A moving average of the weights. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Ema(
      @JsonPropertyDescription(
              "What the average keeps of itself in a step; it forgets in about 1 / (1 - decay) steps.")
          @Default("0.9999")
          @Min(0)
          @Max(value = 1, inclusive = false)
          @Nullable Double decay,
      @JsonPropertyDescription(
              "Whether the decay rises to its value as (1 + step) / (10 + step), so that a short training's average has forgotten where it began.")
          @Default("false")
          @Nullable Boolean warmup) {}

  /** When a training has learned what it can. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record EarlyStopping(
      @Required
          @JsonPropertyDescription(
              "Epochs in a row without an improvement after which training ends.")
          @Min(1)
          @Max(100000)
          Integer patience,
      @JsonPropertyDescription(
              "What the metric must gain over the best one before to count as an improvement: more than this.")
          @Default("0")
          @Min(0)
          @Max(1000000)
          @Nullable Double minimumImprovement,
      @JsonPropertyDescription(
              "Which of the trained weights' validation metrics must improve: Accuracy or F1 rise, or Loss falls.")
          @Default("Accuracy")
          @Nullable Metric metric) {}

  /** What says of an evaluation how good it is: accuracy and macro F1 rise, loss falls. */
  public enum Metric {
    @JsonProperty("Accuracy")
    ACCURACY,
    @JsonProperty("F1")
    F1,
    @JsonProperty("Loss")
    LOSS
  }

  /** Arithmetic of the network. */
  public enum Precision {
    @JsonProperty("FP32")
    FP32,
    @JsonProperty("TF32")
    TF32,
    @JsonProperty("BF16")
    BF16
  }

  /** When a step updates the weights. */
  public enum UpdateOrder {
    @JsonProperty("AfterBackward")
    AFTER_BACKWARD,
    @JsonProperty("DuringBackward")
    DURING_BACKWARD,
    @JsonProperty("DuringForward")
    DURING_FORWARD
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
