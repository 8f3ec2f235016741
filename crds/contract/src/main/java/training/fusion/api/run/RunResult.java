package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Pretrained;

/**
 * How a run, or one pod of it, ended: in short the termination message (at most {@value
 * #MAXIMUM_BYTES} bytes), in whole {@code result.json}. Exactly one of {@code failure} and a
 * finished training: with a failure, the other fields are what is known.
 *
 * @param contractVersion {@link RunConfiguration#CONTRACT_VERSION} of the trainer
 * @param runKey the run this is the result of
 * @param failure what went wrong, or that it has stopped to be gone on with; absent when trained to
 *     the end
 * @param validation newest evaluation on validation
 * @param best evaluation that the model was chosen by
 * @param test the model's evaluation on test
 * @param history thinned evenly, the last epoch always there; in short what there is room for: the
 *     reports have it, too
 * @param parameters how a fusion optimizer divides the parameters; absent for other strategies
 * @param levelParameters parameters of each of optimization.levels; absent for other strategies
 * @param ema the averaged weights; absent without an average, and before the end
 * @param stoppedEarly absent if all epochs were trained
 * @param swatsSwitchStep Adam's last step; absent with another strategy, and before the switch
 * @param pretrainedVariant whose conventions pretrained weights follow; absent from scratch
 * @param skippedPictures damaged pictures that dataset.onError: Skip has left out; absent: none
 * @param classesWithoutPictures absent: each part has pictures of each class
 */
@RecordBuilder
@RecordBuilder.Options(enableWither = false, enableGetters = false)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunResult(
    int contractVersion,
    String runKey,
    @Nullable Failure failure,
    int epoch,
    long step,
    @Nullable Metrics validation,
    @Nullable Metrics best,
    @Nullable Metrics test,
    @Nullable SavedCheckpoint checkpoint,
    @Nullable SavedModel model,
    @Nullable Double imagesPerSecond,
    @Nullable List<HistoryPoint> history,
    @Nullable ParameterCounts parameters,
    @Nullable List<Long> levelParameters,
    @Nullable AveragedWeights ema,
    @Nullable StoppedEarly stoppedEarly,
    @Nullable Long swatsSwitchStep,
    Pretrained.@Nullable Variant pretrainedVariant,
    @Nullable Integer skippedPictures,
    @Nullable ClassesWithoutPictures classesWithoutPictures) {

  /**
   * Largest termination message. The kubelet gives all containers of a pod 12,288 bytes together,
   * those that others put in and those for debugging too, and cuts what is longer.
   */
  public static final int MAXIMUM_BYTES = 1024;

  /**
   * Reason of a run that has saved and stopped at spec.pauseAfterEpoch; its process ends with 0.
   */
  public static final String PAUSED = "Paused";

  /** Reason of a run that has saved and stopped because it was asked to from outside. */
  public static final String TERMINATED = "Terminated";

  /** Whether the run has stopped where spec.pauseAfterEpoch says, after {@link #epoch}. */
  public boolean hasPaused() {
    return failure != null && failure.reason().equals(PAUSED);
  }

  /** Whether the run has saved and stopped, to be gone on with; nothing went wrong. */
  public boolean hasStopped() {
    return hasPaused() || (failure != null && failure.reason().equals(TERMINATED));
  }

  /**
   * Why there is no model yet, in words for a person.
   *
   * @param reason one of ours, in CamelCase: BadConfiguration, BadData, Diverged, Stalled,
   *     DeviceError, TemporaryIo, Terminated, Paused, Internal …
   * @param message one sentence: field, file or object; what was wrong; what would be right
   */
  public record Failure(String reason, String message) {}

  /** One epoch of the history. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record HistoryPoint(
      @Required @Min(1) @JsonPropertyDescription("Counted from 1.") int epoch,
      @Required @JsonPropertyDescription("Mean loss over the training images.") double trainLoss,
      @Min(0)
          @Max(1)
          @JsonPropertyDescription("On validation: fraction of images classified correctly.")
          @Nullable Double accuracy,
      @Min(0) @JsonPropertyDescription("On validation: cross-entropy.") @Nullable Double loss,
      @Min(0) @Max(1) @JsonPropertyDescription("On validation: macro F1.") @Nullable Double f1) {}
}
