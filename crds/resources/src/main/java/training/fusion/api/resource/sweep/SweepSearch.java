package training.fusion.api.resource.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Max;
import io.fabric8.generator.annotation.Min;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training;

/** Which trials of a matrix are trained to the end. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record SweepSearch(
    @Required
        @JsonPropertyDescription(
            "Groups (trials that differ in the seed alone) are compared after a few epochs, within"
                + " their arm and data set; the best go on from their checkpoints, the others stay"
                + " paused.")
        SuccessiveHalving successiveHalving,
    @JsonPropertyDescription(
            "Epochs that all trials may take together. Where they don't suffice, fewer groups go"
                + " on, and the search ends with what is known by then. Absent: as many as the"
                + " rungs take.")
        @Min(1)
        @Max(200000000)
        @Nullable Integer maxEpochs) {

  /** Groups are compared at rungs: epochs that grow by a factor. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record SuccessiveHalving(
      @JsonPropertyDescription(
              "What groups are compared by: its mean over their seeds, on the validation images.")
          @Default("Accuracy")
          Training.@Nullable Metric metric,
      @JsonPropertyDescription(
              "Of so many groups one goes on to the next rung, so many times later.")
          @Default("3")
          @Min(2)
          @Max(100)
          @Nullable Integer reductionFactor,
      @JsonPropertyDescription("The epoch after which groups are compared first.")
          @Default("1")
          @Min(1)
          @Max(100000)
          @Nullable Integer firstRung,
      @JsonPropertyDescription(
              "How many of the matrix' seeds are trained for each rung, the lowest first; the last"
                  + " number is that of all later rungs, the end included. No number is lower than"
                  + " the one before. Seeds that join at the end chose nothing, so that they can"
                  + " compare. Absent: all of them for each.")
          @Size(min = 1, max = 32)
          @Nullable List<@Min(1) @Max(64) Integer> seedsPerRung) {}
}
