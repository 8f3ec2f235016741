package training.fusion.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import org.jspecify.annotations.Nullable;

/** Retries and deadlines; an absent deadline is none. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunPolicy(
    @JsonPropertyDescription(
            "Failed pods that are tried again before the training has failed. Disruptions such as an eviction are not counted.")
        @Default("3")
        @Min(0)
        @Max(1000)
        @Nullable Integer backoffLimit,
    @JsonPropertyDescription("Longest time that a pod may wait to be scheduled.")
        @Min(1)
        @Max(31536000)
        @Nullable Integer pendingDeadlineSeconds,
    @JsonPropertyDescription(
            "Longest time that the Job may be active, counted since its last admission (the Job's own field).")
        @Min(1)
        @Max(31536000)
        @Nullable Integer activeDeadlineSeconds,
    @JsonPropertyDescription(
            "Longest time without a step, a batch, a downloaded byte or a listed name, before the trainer ends itself as stalled.")
        @Min(10)
        @Max(31536000)
        @Nullable Integer progressDeadlineSeconds,
    @JsonPropertyDescription(
            "Seconds after which Job and pods of a finished training are deleted, 0 at once. The FusionTraining stays. May be changed at any time.")
        @Min(0)
        @Max(31536000)
        @Mutable
        @Nullable Integer ttlSecondsAfterFinished) {

  /** backoffLimit's default, for a spec without a run policy. */
  public static final int BACKOFF_LIMIT = 3;
}
