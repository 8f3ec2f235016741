package training.fusion.api.run;

/** Names of the environment variables that tell the trainer where things are. */
public final class RunEnvironment {
  /** Folder with the data set's files, read-only. */
  public static final String DATA = "FUSION_DATA";

  /** File of pretrained weights, or a folder with exactly one; absent: none are asked for. */
  public static final String WEIGHTS = "FUSION_WEIGHTS";

  /**
   * Folder of this run for checkpoints, history, model and result; survives the pod if a volume.
   */
  public static final String CHECKPOINTS = "FUSION_CHECKPOINTS";

  /** Folder for temporary files, lost with the pod. */
  public static final String SCRATCH = "FUSION_SCRATCH";

  /** File for the {@link RunResult} in short form: the container's termination message. */
  public static final String RESULT_FILE = "FUSION_RESULT_FILE";

  /** Address that takes {@link ProgressReport}s by POST; absent: none are sent. */
  public static final String PROGRESS_URL = "FUSION_PROGRESS_URL";

  /** File with the bearer token for {@link #PROGRESS_URL}; read anew for each report. */
  public static final String TOKEN_FILE = "FUSION_TOKEN_FILE";

  /** Uid of the pod, for the lock on the run's folder. */
  public static final String POD_UID = "FUSION_POD_UID";

  private RunEnvironment() {}
}
