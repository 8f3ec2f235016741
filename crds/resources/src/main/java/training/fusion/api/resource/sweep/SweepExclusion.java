package training.fusion.api.resource.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;
import training.fusion.api.OptimizerType;

/** Leaves out the trials that all of its fields are true of. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value =
        "has(self.trial) || has(self.arm) || has(self.dataset) || has(self.seed) || has(self.lastBlock) || has(self.lowLevel) || has(self.highLevel) || has(self.single)",
    message = "an element of exclude without fields would exclude every trial; say which are meant")
public record SweepExclusion(
    @JsonPropertyDescription("Name of a trial.") @Size(min = 1, max = 40) @Nullable String trial,
    @JsonPropertyDescription("Name of an arm.") @Size(min = 1, max = 32) @Nullable String arm,
    @JsonPropertyDescription("Name of a data set.") @Size(min = 1, max = 32)
        @Nullable String dataset,
    @JsonPropertyDescription("A seed.") @Min(0) @Max(2147483647) @Nullable Integer seed,
    @JsonPropertyDescription("A boundary; true of fusion optimizers only.") @Min(0) @Max(1000)
        @Nullable Integer lastBlock,
    @JsonPropertyDescription("Type of a fusion optimizer's low level.")
        @Nullable OptimizerType lowLevel,
    @JsonPropertyDescription("Type of a fusion optimizer's high level.")
        @Nullable OptimizerType highLevel,
    @JsonPropertyDescription("Type of a single optimizer.") @Nullable OptimizerType single) {}
