package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunResult.HistoryPoint;

/**
 * What the trainer posts every few seconds; complete in itself, so a lost one costs nothing. At
 * most {@value #MAXIMUM_BYTES} bytes of JSON.
 *
 * @param contractVersion {@link RunConfiguration#CONTRACT_VERSION} of the trainer
 * @param sequence counts up from 1 within one pod
 * @param epoch epoch under way, from 1
 * @param step steps done in the whole run
 * @param steps steps of the whole run
 * @param remainingSeconds estimated time to the end
 * @param metrics newest evaluation
 * @param best best validation so far
 * @param checkpoint newest checkpoint
 * @param resumedFromStep step of the checkpoint that this pod went on from; absent: it started at 0
 * @param history all epochs so far, of more than {@value #MOST_EPOCHS} so many, thinned evenly; the
 *     last one always there; absent: none yet
 * @param classesWithoutPictures absent: each part has pictures of each class
 * @param phase what the run is at; absent from older trainers
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProgressReport(
    int contractVersion,
    long sequence,
    int epoch,
    int epochs,
    long step,
    long steps,
    @Nullable Double imagesPerSecond,
    @Nullable Long remainingSeconds,
    @Nullable Metrics metrics,
    @Nullable Metrics best,
    @Nullable SavedCheckpoint checkpoint,
    @Nullable Long resumedFromStep,
    @Nullable List<HistoryPoint> history,
    @Nullable ClassesWithoutPictures classesWithoutPictures,
    @Nullable RunPhase phase) {

  /** Largest body that is taken. */
  public static final int MAXIMUM_BYTES = 16 * 1024;

  /** Longest history. */
  public static final int MOST_EPOCHS = 40;
}
