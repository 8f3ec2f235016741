package training.fusion.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Checkpoint;
import training.fusion.api.Dataset;
import training.fusion.api.Model;
import training.fusion.api.Optimization;
import training.fusion.api.Tracking;
import training.fusion.api.Training;

/** What a person asks for. Immutable but for suspend, runId and the time to live. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FusionTrainingSpec(
    @JsonPropertyDescription(
            "true saves a checkpoint and stops; false goes on from the checkpoint. May be changed at any time.")
        @Default("false")
        @Nullable Boolean suspend,
    @JsonPropertyDescription(
            "Any string of yours; a new one runs a finished training again. Everything else in the spec may change together with it.")
        @Default("\"\"")
        @Size(max = 63)
        @Nullable String runId,
    @Required @JsonPropertyDescription("Which network is trained, and from which weights.")
        Model model,
    @Required @JsonPropertyDescription("The pictures.") Dataset dataset,
    @Required @JsonPropertyDescription("How parameters are updated: exactly one strategy.")
        Optimization optimization,
    @Required @JsonPropertyDescription("Length, batches, precision, schedule.") Training training,
    @JsonPropertyDescription(
            "Where and how often the run is saved. Absent: nothing survives the pod.")
        @Nullable Checkpoint checkpoint,
    @JsonPropertyDescription("Where curves are written besides the run's own files.")
        @Nullable Tracking tracking,
    @JsonPropertyDescription("Where and as what the training runs.") @Nullable PodSettings pod,
    @JsonPropertyDescription("Retries and deadlines.") @Nullable RunPolicy runPolicy) {}
