package training.fusion.api.resource.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import training.fusion.api.Dataset;

/** A FusionTraining's data set with a name beside its fields. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SweepDataset(
    @Required
        @JsonPropertyDescription("Name in groups and reports.")
        @Size(min = 1, max = 32)
        @Pattern(NAME)
        String name,
    @JsonUnwrapped Dataset dataset) {
  /** What names of arms and data sets are made of. */
  static final String NAME = "^[A-Za-z0-9]([-A-Za-z0-9._]*[A-Za-z0-9])?$";
}
