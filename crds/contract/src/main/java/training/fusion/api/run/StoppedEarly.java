package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/** What {@code training.earlyStopping} did. */
public record StoppedEarly(
    @JsonPropertyDescription("The last epoch that was trained.") int epoch,
    @JsonPropertyDescription("The epoch after which nothing improved.") int bestEpoch) {}
