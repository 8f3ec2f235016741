package training.fusion.api.resource.sweep;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Size;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What became of it, below 100 KiB whatever the matrix: each trial's row is in the ConfigMaps that
 * {@code rows} names.
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record FusionSweepStatus(
    @JsonPropertyDescription("Generation of the spec that this status speaks of; -1: none yet.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("The conditions in one word, for people.") @Nullable State state,
    @JsonPropertyDescription("Reconciling, Stalled, Suspended, Complete, Failed.") @Size(max = 16)
        @Nullable List<Condition> conditions,
    @JsonPropertyDescription("How many trials are where.") @Nullable Trials trials,
    @JsonPropertyDescription("When the first trial was made.") @Size(max = 64)
        @Nullable String startTime,
    @JsonPropertyDescription("When the last trial ended; absent while any is to run.")
        @Size(max = 64)
        @Nullable String completionTime,
    @JsonPropertyDescription(
            "The group with the highest mean accuracy on validation. Test figures choose nothing.")
        @Nullable Group best,
    @JsonPropertyDescription(
            "Trials that differ in the seed alone, in the order of the matrix; the first 200. The report has all.")
        @Size(max = 200)
        @Nullable List<Group> groups,
    @JsonPropertyDescription("How far the search is; absent without one.") @Nullable Search search,
    @JsonPropertyDescription("Tables and plots for people.") @Nullable Report report,
    @JsonPropertyDescription(
            "ConfigMaps that keep a row of each ended trial, in JSON under the trial's name.")
        @Size(max = 100)
        @Nullable List<@Size(max = 253) String> rows) {

  /** In one word. */
  public enum State {
    @JsonProperty("Pending")
    PENDING,
    @JsonProperty("Running")
    RUNNING,
    @JsonProperty("Suspended")
    SUSPENDED,
    @JsonProperty("Succeeded")
    SUCCEEDED,
    @JsonProperty("Failed")
    FAILED
  }

  /** How many trials are where; they add up to the total. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Trials(
      @JsonPropertyDescription("Trials of the matrix.") int total,
      @JsonPropertyDescription("Not begun yet, or stopped.") int pending,
      @JsonPropertyDescription(
              "Paused by the search: they wait for what others show, or others are better. Absent"
                  + " without a search.")
          @Nullable Integer paused,
      @JsonPropertyDescription("Begun: queued, starting or training.") int running,
      @JsonPropertyDescription("Trained to the end.") int succeeded,
      @JsonPropertyDescription("Over, without a model.") int failed) {}

  /** Trials that differ in the seed alone. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Group(
      @JsonPropertyDescription("The arm.") @Size(max = 32) @Nullable String arm,
      @JsonPropertyDescription("The data set.") @Size(max = 32) @Nullable String dataset,
      @JsonPropertyDescription("The strategy in words.") @Size(max = 253)
          @Nullable String optimization,
      @JsonPropertyDescription("How many trials have succeeded.") int n,
      @JsonPropertyDescription("Fraction of all parameters in the high level.")
          @Nullable Double highLevelShare,
      @JsonPropertyDescription("Of the evaluations that the models were chosen by.")
          @Nullable Figures validation,
      @JsonPropertyDescription("Of the models' evaluations on the test images.")
          @Nullable Figures test) {}

  /** Means over a group. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Figures(
      @JsonPropertyDescription("Fraction of images classified correctly.")
          @Nullable MeanDeviation accuracy,
      @JsonPropertyDescription("Cross-entropy.") @Nullable MeanDeviation loss,
      @JsonPropertyDescription("Macro F1.") @Nullable MeanDeviation f1) {}

  /** Mean and spread of one figure. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record MeanDeviation(
      @JsonPropertyDescription("Arithmetic mean.") double mean,
      @JsonPropertyDescription("Sample standard deviation (n − 1); absent for one trial.")
          @Nullable Double std) {}

  /** How far a search is. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Search(
      @JsonPropertyDescription(
              "The first rung at which something is still to be shown, such as: 2 of 3. Once all is"
                  + " decided it is the last.")
          @Size(max = 32)
          @Nullable String rung,
      @JsonPropertyDescription("Groups of the matrix.") int groups,
      @JsonPropertyDescription("Those that may still be trained further, or are to the end.")
          int groupsLeft,
      @JsonPropertyDescription("Epochs that trials have trained, counted at pauses and ends.")
          long trainedEpochs,
      @JsonPropertyDescription("Most that the search takes.") long plannedEpochs,
      @JsonPropertyDescription("What the whole matrix would take.") long matrixEpochs,
      @JsonPropertyDescription("Fraction of those that the search does without.") double saved) {}

  /** Where the report is. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Report(
      @JsonPropertyDescription("ConfigMap with report.md, report.csv, groups.csv and report.html.")
          @Size(max = 253)
          @Nullable String configMap) {}
}
