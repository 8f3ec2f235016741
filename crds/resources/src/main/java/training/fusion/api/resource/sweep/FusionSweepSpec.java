package training.fusion.api.resource.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * What a person asks for; all of it may be changed at any time. Below {@code matrix} and {@code
 * template} the schema has no defaults: a trial is named by what the person wrote, and gets its
 * defaults itself.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FusionSweepSpec(
    @JsonPropertyDescription(
            "true stops all trials after a checkpoint; false goes on from there. The spec.suspend of trials is the sweep's to set.")
        @Default("false")
        @Nullable Boolean suspend,
    @JsonPropertyDescription("Trials at once. A queue may hold them further.")
        @Default("1")
        @Min(1)
        @Max(2000)
        @Nullable Integer parallelism,
    @JsonPropertyDescription(
            "Failed trials that are put up with. Once there are more, no further trial starts, and the sweep has failed when those that run have ended.")
        @Default("0")
        @Min(0)
        @Max(2000)
        @Nullable Integer maxFailedTrials,
    @Required
        @JsonPropertyDescription(
            "What is compared: each arm's strategies, on each data set, with each seed; at most 2000 trials.")
        SweepMatrix matrix,
    @JsonPropertyDescription("What all trials have in common.") @Nullable SweepTemplate template,
    @JsonPropertyDescription(
            "Which trials are trained to the end, by what the others have shown. Absent: all of"
                + " them.")
        @Nullable SweepSearch search) {}
