package training.fusion.operator.sweep.trial;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTrainingStatus.Pause;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ParameterCounts;
import training.fusion.api.run.RunResult.HistoryPoint;

/**
 * What a sweep keeps of a trial, longer than the trial and its Job may live.
 *
 * @param trial name of the FusionTraining
 * @param best evaluation that the trial's model was chosen by; absent before the end
 * @param test evaluation of that model on the test images; absent before the end
 * @param history at most 40 epochs; absent before the end
 * @param pauses where the trial has paused, and what it showed there; absent: nowhere
 * @param parameters how a fusion optimizer divides them; absent for other strategies
 * @param failure one sentence; absent unless failed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TrialRow(
    String trial,
    Cell cell,
    State state,
    @Nullable Metrics best,
    @Nullable Metrics test,
    @Nullable List<HistoryPoint> history,
    @Nullable List<Pause> pauses,
    @Nullable ParameterCounts parameters,
    @Nullable String startTime,
    @Nullable String completionTime,
    @Nullable String failure) {

  /** One of which nothing more is known yet. */
  public static TrialRow of(String trial, Cell cell, State state) {
    return new TrialRow(trial, cell, state, null, null, null, null, null, null, null, null);
  }

  /** The same, shorter. */
  public TrialRow withoutHistory() {
    return new TrialRow(
        trial,
        cell,
        state,
        best,
        test,
        null,
        pauses,
        parameters,
        startTime,
        completionTime,
        failure);
  }

  /** The same in another state. */
  public TrialRow in(State other) {
    return new TrialRow(
        trial,
        cell,
        other,
        best,
        test,
        history,
        pauses,
        parameters,
        startTime,
        completionTime,
        failure);
  }

  /** The same, with what it has shown on its way. */
  public TrialRow with(@Nullable List<Pause> some) {
    return new TrialRow(
        trial,
        cell,
        state,
        best,
        test,
        history,
        some,
        parameters,
        startTime,
        completionTime,
        failure);
  }

  /** What became of the trial. */
  public enum State {
    @JsonProperty("Pending")
    PENDING,
    @JsonProperty("Running")
    RUNNING,
    /** Its sweep's search has stopped it after some epochs, for good or until others have ended. */
    @JsonProperty("Paused")
    PAUSED,
    /** Its sweep's search has ended without it. */
    @JsonProperty("LeftOut")
    LEFT_OUT,
    @JsonProperty("Succeeded")
    SUCCEEDED,
    @JsonProperty("Failed")
    FAILED,
    /** It ran, and is no longer in the matrix; it counts in no group. */
    @JsonProperty("Excluded")
    EXCLUDED
  }
}
