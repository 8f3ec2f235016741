package training.fusion.api.resource.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Artifacts;
import training.fusion.api.Checkpoint;
import training.fusion.api.ReportSettings;
import training.fusion.api.Tracking;
import training.fusion.api.Training;
import training.fusion.api.resource.PodSettings;
import training.fusion.api.resource.RunPolicy;

/** A FusionTraining's spec without what the matrix sets. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.training) || !has(self.training.seed)",
    message = "the seeds of trials are matrix.seeds; remove template.training.seed",
    fieldPath = ".training.seed")
public record SweepTemplate(
    @JsonPropertyDescription("Length, batches, precision, schedule.") @Nullable Training training,
    @JsonPropertyDescription(
            "Where and how often trials are saved; each has a folder of its own there. Absent: nothing survives a pod.")
        @Nullable Checkpoint checkpoint,
    @JsonPropertyDescription("Where curves are written besides the trials' own files.")
        @Nullable Tracking tracking,
    @JsonPropertyDescription("What the trials' reports may show. Absent: all.")
        @Nullable ReportSettings report,
    @JsonPropertyDescription(
            "Where each trial's results are sent. Absent: they stay in its folder.")
        @Nullable Artifacts artifacts,
    @JsonPropertyDescription("Where and as what trials run.") @Nullable PodSettings pod,
    @JsonPropertyDescription("Retries and deadlines of each trial.")
        @Nullable RunPolicy runPolicy) {}
