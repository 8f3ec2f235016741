package training.fusion.api.resource.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is compared: arms × data sets × seeds, in the order in which it is written. */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "self.arms.all(a, self.arms.exists_one(b, b.name == a.name))",
    message = "two arms have the same name; rename one",
    fieldPath = ".arms")
@ValidationRule(
    value = "self.datasets.all(d, self.datasets.exists_one(e, e.name == d.name))",
    message = "two data sets have the same name; rename one",
    fieldPath = ".datasets")
@ValidationRule(
    value = "self.seeds.all(s, self.seeds.exists_one(t, t == s))",
    message = "a seed stands twice; remove one of them",
    fieldPath = ".seeds")
public record SweepMatrix(
    @Required
        @JsonPropertyDescription("A network each, the strategies for it, and what differs for it.")
        @Size(min = 1, max = 16)
        List<SweepArm> arms,
    @Required @JsonPropertyDescription("Data sets, each with a name.") @Size(min = 1, max = 16)
        List<SweepDataset> datasets,
    @Required
        @JsonPropertyDescription(
            "training.seed of the trials. Trials that differ in nothing else are a group; six are needed to tell two groups apart.")
        @Size(min = 1, max = 64)
        List<@Min(0) @Max(2147483647) Integer> seeds,
    @JsonPropertyDescription(
            "Trials that are left out. One that has run keeps its row, marked as excluded; one that runs is stopped after a checkpoint.")
        @Size(max = 64)
        @Nullable List<SweepExclusion> exclude) {}
