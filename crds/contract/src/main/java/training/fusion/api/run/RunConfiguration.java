package training.fusion.api.run;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Artifacts;
import training.fusion.api.Checkpoint;
import training.fusion.api.Dataset;
import training.fusion.api.Model;
import training.fusion.api.Optimization;
import training.fusion.api.ReportSettings;
import training.fusion.api.Tracking;
import training.fusion.api.Training;

/**
 * All that the trainer is told about a run, as one JSON value in the environment variable {@value
 * #VARIABLE}; what is too long for one variable goes on in {@value #VARIABLE}{@code _2}, {@code _3}
 * and so on. The parts are copied from the spec as the API server completed them with the schema's
 * defaults; paths and addresses travel beside it (see {@link RunEnvironment}).
 *
 * @param contractVersion {@link #CONTRACT_VERSION} of whoever wrote it
 * @param name namespace/name of the training, for messages and reports
 * @param runKey names this run; a checkpoint of another run is not taken up
 * @param gpuCount GPUs that the pod was given; 0 trains on the CPU
 * @param pauseAfterEpoch epoch at whose end this pod saves and ends, to be followed by another;
 *     absent: none
 * @param progressDeadlineSeconds the watchdog's limit: longest time without a step; absent: none
 * @param checkpoint absent: nothing survives the pod
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunConfiguration(
    int contractVersion,
    String name,
    String runKey,
    int gpuCount,
    @Nullable Integer pauseAfterEpoch,
    @Nullable Integer progressDeadlineSeconds,
    Model model,
    Dataset dataset,
    Optimization optimization,
    Training training,
    @Nullable Checkpoint checkpoint,
    @Nullable Tracking tracking,
    @Nullable ReportSettings report,
    @Nullable Artifacts artifacts) {

  /** Environment variable that holds the configuration, or its beginning. */
  public static final String VARIABLE = "FUSION_RUN_CONFIGURATION";

  /** Raised when a field changes its meaning; the operator accepts the previous one too. */
  public static final int CONTRACT_VERSION = 1;

  /** The training's name without its namespace. */
  public String shortName() {
    return name.substring(name.lastIndexOf('/') + 1);
  }
}
