package training.fusion.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/** Where and how often a run is saved. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.resumeFrom) || has(self.volume)",
    message =
        "resumeFrom names a folder on checkpoint.volume; set checkpoint.volume, or remove"
            + " resumeFrom",
    fieldPath = ".resumeFrom")
public record Checkpoint(
    @JsonPropertyDescription(
            "The volume that keeps runs; each run has a folder of its own there. Absent: scratch"
                + " space of the pod, lost with it.")
        @Nullable Volume volume,
    @JsonPropertyDescription("Saves after every so many epochs.") @Default("1") @Min(1) @Max(100000)
        @Nullable Integer everyEpochs,
    @JsonPropertyDescription("Saves also within an epoch, after so many minutes. Absent: not.")
        @Min(1)
        @Max(100000)
        @Nullable Integer everyMinutes,
    @JsonPropertyDescription(
            "How many checkpoints are kept; the oldest go first. 0: one until the run has"
                + " succeeded, then none beside the model, so that the run can't be trained"
                + " further. Absent: 2 while it trains, 1 once it has succeeded.")
        @Min(0)
        @Max(1000)
        @Nullable Integer keep,
    @JsonPropertyDescription(
            "Folder of another run on the same volume (its status.runKey), whose newest checkpoint"
                + " this run goes on from: weights, optimizer state, steps and history."
                + " training.epochs counts that run's too.")
        @Size(min = 1, max = 253)
        @Pattern("^[A-Za-z0-9][-A-Za-z0-9._]*$")
        @Nullable String resumeFrom) {

  /** A volume for checkpoints. */
  public record Volume(
      @Required @JsonPropertyDescription("A claim of the training's namespace, writable.")
          ClaimPath persistentVolumeClaim) {}
}
