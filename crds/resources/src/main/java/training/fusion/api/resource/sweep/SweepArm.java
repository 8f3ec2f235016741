package training.fusion.api.resource.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Checkpoint;
import training.fusion.api.Model;
import training.fusion.api.Tracking;
import training.fusion.api.Training;
import training.fusion.api.resource.PodSettings;
import training.fusion.api.resource.RunPolicy;

/** A network, the strategies that are compared on it, and what differs for it. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.training) || !has(self.training.seed)",
    message = "the seeds of trials are matrix.seeds; remove training.seed here",
    fieldPath = ".training.seed")
public record SweepArm(
    @Required
        @JsonPropertyDescription("Name in groups and reports.")
        @Size(min = 1, max = 32)
        @Pattern(SweepDataset.NAME)
        String name,
    @Required @JsonPropertyDescription("Which network is trained, and from which weights.")
        Model model,
    @Required
        @JsonPropertyDescription("Strategies, each a list of its own kind.")
        @Size(min = 1, max = 32)
        List<SweepStrategies> optimizations,
    @JsonPropertyDescription("Fields that differ from the template's for this arm.")
        @Nullable Training training,
    @JsonPropertyDescription("Fields that differ from the template's for this arm.")
        @Nullable Checkpoint checkpoint,
    @JsonPropertyDescription("Fields that differ from the template's for this arm.")
        @Nullable Tracking tracking,
    @JsonPropertyDescription("Fields that differ from the template's for this arm.")
        @Nullable PodSettings pod,
    @JsonPropertyDescription("Fields that differ from the template's for this arm.")
        @Nullable RunPolicy runPolicy) {}
