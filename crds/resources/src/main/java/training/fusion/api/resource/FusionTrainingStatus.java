package training.fusion.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimizer;
import training.fusion.api.Pretrained;
import training.fusion.api.run.AveragedWeights;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunPhase;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.api.run.SavedModel;
import training.fusion.api.run.StoppedEarly;

/**
 * What became of it. {@code progress} is written by whoever takes the trainer's reports, everything
 * else by the reconciler; no field has two writers.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FusionTrainingStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of; -1: none yet.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("The run that this status describes.") @Size(max = 63)
        @Nullable String runId,
    @JsonPropertyDescription("Hash of uid, runId and spec; names Jobs and the run's folder.")
        @Size(max = 63)
        @Nullable String runKey,
    @JsonPropertyDescription("The conditions in one word, for people.") @Nullable State state,
    @JsonPropertyDescription(
            "Reconciling, Stalled, Suspended, PodsReady, ProgressReported, Complete, Failed.")
        @Size(max = 16)
        @Nullable List<Condition> conditions,
    @JsonPropertyDescription(
            "true once a trainer has begun with this run: from then on its spec can't change"
                + " without a new runId. Absent: nothing was trained yet, and the spec may be"
                + " changed.")
        @Nullable Boolean begun,
    @JsonPropertyDescription("Jobs made for this run.") @Nullable Integer attempt,
    @JsonPropertyDescription("Failed pods of this run.") @Nullable Integer restarts,
    @JsonPropertyDescription("The run's newest Job.") @Size(max = 253) @Nullable String jobName,
    @JsonPropertyDescription("Its uid.") @Size(max = 63) @Nullable String jobUid,
    @JsonPropertyDescription("Node of the newest pod.") @Size(max = 253) @Nullable String node,
    @JsonPropertyDescription("Image that the run uses, for all its attempts.") @Size(max = 1024)
        @Nullable String image,
    @JsonPropertyDescription("When the run's first Job was made.") @Size(max = 64)
        @Nullable String startTime,
    @JsonPropertyDescription("When the run ended.") @Size(max = 64) @Nullable String completionTime,
    @JsonPropertyDescription("The strategy, resolved.") @Nullable OptimizationStatus optimization,
    @JsonPropertyDescription("The newest report of the trainer.") @Nullable Progress progress,
    @JsonPropertyDescription(
            "Headline: the newest validation while training, the test set's at the end.")
        @Nullable Metrics metrics,
    @JsonPropertyDescription("Newest evaluation on the validation images.")
        @Nullable Metrics validation,
    @JsonPropertyDescription("Evaluation that the model was chosen by.") @Nullable Metrics best,
    @JsonPropertyDescription("The model's evaluation on the test images.") @Nullable Metrics test,
    @JsonPropertyDescription(
            "How it went, epoch by epoch: at most 40, thinned evenly, told at the end.")
        @Size(max = ProgressReport.MOST_EPOCHS)
        @Nullable List<HistoryPoint> history,
    @JsonPropertyDescription(
            "Damaged pictures that dataset.onError: Skip has left out, told at the end. Absent:"
                + " none.")
        @Min(0)
        @Nullable Integer skippedPictures,
    @JsonPropertyDescription(
            "Classes of which a part of the data set has no picture. Absent: each part has each"
                + " class.")
        @Nullable ClassesWithoutPictures classesWithoutPictures,
    @JsonPropertyDescription(
            "Rows and columns at the edge of the network's input that it does not look at: training.imageSize is no multiple of its patch. Absent: none.")
        @Min(0)
        @Nullable Integer unseenPixels,
    @JsonPropertyDescription("Newest checkpoint.") @Nullable SavedCheckpoint checkpoint,
    @JsonPropertyDescription(
            "Where spec.pauseAfterEpoch has stopped the run, the newest last; at most the last 16.")
        @Size(max = FusionTrainingStatus.MOST_PAUSES)
        @Nullable List<Pause> pauses,
    @JsonPropertyDescription("The trained model.") @Nullable SavedModel model,
    @JsonPropertyDescription(
            "What training.ema has left beside the model, in the end. The metrics above are the"
                + " trained weights'.")
        @Nullable AveragedWeights ema,
    @JsonPropertyDescription(
            "Where training.earlyStopping has ended the training; absent: nowhere.")
        @Nullable StoppedEarly stoppedEarly,
    @JsonPropertyDescription(
            "Whose names, padding, epsilons and preprocessing the pretrained weights follow: what"
                + " variant Auto has chosen.")
        Pretrained.@Nullable Variant pretrainedVariant,
    @JsonPropertyDescription(
            "Where the result is from: TerminationMessage, or Progress where the pod was gone and"
                + " had no volume.")
        @Nullable ResultSource resultSource,
    @JsonPropertyDescription("The last five failures, the newest last.") @Size(max = 5)
        @Nullable List<FailureRecord> failures) {
  /** Longest list of pauses. */
  public static final int MOST_PAUSES = 16;

  /** Where the run has stopped to be gone on with. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Pause(
      @Required @Min(0) @JsonPropertyDescription("The last epoch that was trained and saved.")
          int epoch,
      @JsonPropertyDescription("The evaluation after that epoch.") @Nullable Metrics metrics) {}

  /** A summary of the conditions. */
  public enum State {
    @JsonProperty("Pending")
    PENDING,
    @JsonProperty("Queued")
    QUEUED,
    @JsonProperty("Starting")
    STARTING,
    @JsonProperty("Running")
    RUNNING,
    @JsonProperty("Suspended")
    SUSPENDED,
    @JsonProperty("Paused")
    PAUSED,
    @JsonProperty("Succeeded")
    SUCCEEDED,
    @JsonProperty("Failed")
    FAILED
  }

  /** Where a result is from. */
  public enum ResultSource {
    @JsonProperty("TerminationMessage")
    TERMINATION_MESSAGE,
    @JsonProperty("Progress")
    PROGRESS
  }

  /** The strategy with its defaults filled in. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record OptimizationStatus(
      @JsonPropertyDescription("In words, such as: Adam blocks 0–5 → SGD blocks 6–7 and head.")
          @Size(max = 253)
          @Nullable String summary,
      @Min(0) @JsonPropertyDescription("Parameters of the low level.")
          @Nullable Long lowLevelParameters,
      @Min(0) @JsonPropertyDescription("Parameters of the high level.")
          @Nullable Long highLevelParameters,
      @Min(0) @Max(1) @JsonPropertyDescription("Fraction of all parameters in the high level.")
          @Nullable Double highLevelShare,
      @JsonPropertyDescription(
              "Parameters of each of spec.optimization.levels, in their order; told at the end.")
          @Size(max = 32)
          @Nullable List<@Min(0) Long> levelParameters,
      @JsonPropertyDescription("The optimizers with PyTorch's defaults filled in.")
          @Nullable ResolvedOptimizers resolved,
      @Min(0)
          @JsonPropertyDescription(
              "SWATS: Adam's last step, in the end; absent: it never switched.")
          @Nullable Long switchStep) {}

  /** Optimizers with every field filled in; either single, or lowLevel and highLevel, or levels. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record ResolvedOptimizers(
      @JsonPropertyDescription("The low level's.") @Nullable Optimizer lowLevel,
      @JsonPropertyDescription("The high level's.") @Nullable Optimizer highLevel,
      @JsonPropertyDescription("Those of levels, in their order.") @Size(max = 32)
          @Nullable List<Optimizer> levels,
      @JsonPropertyDescription("The one for all parameters.") @Nullable Optimizer single) {}

  /** The newest report, and whose it is. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Progress(
      @Min(0) @JsonPropertyDescription("Epoch under way, from 1.") @Nullable Integer epoch,
      @Min(0) @JsonPropertyDescription("Epochs of the run.") @Nullable Integer epochs,
      @Min(0) @JsonPropertyDescription("Steps done.") @Nullable Long step,
      @Min(0) @JsonPropertyDescription("Steps of the run.") @Nullable Long steps,
      @Min(0) @Max(100) @JsonPropertyDescription("Steps done, of a hundred.")
          @Nullable Integer percent,
      @Min(0) @JsonPropertyDescription("Speed, newest measurement.")
          @Nullable Double imagesPerSecond,
      @JsonPropertyDescription("When the run should end.") @Size(max = 64)
          @Nullable String estimatedCompletionTime,
      @JsonPropertyDescription("When the report came.") @Size(max = 64)
          @Nullable String lastReportTime,
      @JsonPropertyDescription("Job of the reporting pod.") @Size(max = 63) @Nullable String jobUid,
      @JsonPropertyDescription("The reporting pod.") @Size(max = 63) @Nullable String podUid,
      @Min(0) @JsonPropertyDescription("Number of the report within its pod.")
          @Nullable Long sequence,
      @Min(0) @JsonPropertyDescription("Step of the checkpoint that the pod went on from.")
          @Nullable Long resumedFromStep,
      @JsonPropertyDescription("Newest evaluation.") @Nullable Metrics metrics,
      @JsonPropertyDescription("Best validation so far.") @Nullable Metrics best,
      @JsonPropertyDescription("Newest checkpoint.") @Nullable SavedCheckpoint checkpoint,
      @JsonPropertyDescription("How it went so far, epoch by epoch: at most 40, thinned evenly.")
          @Size(max = ProgressReport.MOST_EPOCHS)
          @Nullable List<HistoryPoint> history,
      @JsonPropertyDescription("Classes of which a part of the data set has no picture.")
          @Nullable ClassesWithoutPictures classesWithoutPictures,
      @JsonPropertyDescription("What the run is at, within its pod.") @Nullable RunPhase phase) {}

  /** A failed pod or Job, in words. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record FailureRecord(
      @JsonPropertyDescription("When.") @Size(max = 64) @Nullable String time,
      @JsonPropertyDescription("In which attempt.") @Nullable Integer attempt,
      @JsonPropertyDescription("The pod.") @Size(max = 253) @Nullable String pod,
      @JsonPropertyDescription("Its node.") @Size(max = 253) @Nullable String node,
      @JsonPropertyDescription("The container's exit code.") @Nullable Integer exitCode,
      @JsonPropertyDescription(
              "true: the pod was taken off its node, which is not counted as a retry.")
          @Nullable Boolean disruption,
      @JsonPropertyDescription("Step of the newest checkpoint that it left on the volume.")
          @Nullable Long checkpointStep,
      @JsonPropertyDescription("One word.") @Size(max = 64) @Nullable String reason,
      @JsonPropertyDescription("One sentence: what happened, and what would help.")
          @Size(max = 4096)
          @Nullable String message) {}
}
