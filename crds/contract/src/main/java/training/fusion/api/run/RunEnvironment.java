package training.fusion.api.run;

/** Names of the environment variables that tell the trainer where things are. */
public final class RunEnvironment {
  /** Folder with the data set's files, read-only; absent: the trainer fetches them. */
  public static final String DATA = "FUSION_DATA";

  /**
   * File of pretrained weights, or a folder with exactly one; absent: none are asked for, or the
   * trainer fetches them.
   */
  public static final String WEIGHTS = "FUSION_WEIGHTS";

  /** Folder for what the trainer fetches; shared by runs that keep checkpoints on one volume. */
  public static final String CACHE = "FUSION_CACHE";

  /** Folder of another run, read-only, whose newest checkpoint this run goes on from. */
  public static final String RESUME_FROM = "FUSION_RESUME_FROM";

  /** Begins the names of the two variables with the key to a data set in S3. */
  public static final String DATA_S3 = "FUSION_DATA_S3";

  /** Begins the names of the two variables with the key to pretrained weights in S3. */
  public static final String WEIGHTS_S3 = "FUSION_WEIGHTS_S3";

  /** Begins the names of the two variables with the key to the bucket that results go to. */
  public static final String ARTIFACTS_S3 = "FUSION_ARTIFACTS_S3";

  /** The header, {@code Name: value}, that a data set behind https is asked for with. */
  public static final String DATA_HTTPS_HEADER = "FUSION_DATA_HTTPS_HEADER";

  /** The header, {@code Name: value}, that weights behind https are asked for with. */
  public static final String WEIGHTS_HTTPS_HEADER = "FUSION_WEIGHTS_HTTPS_HEADER";

  /** Ends the name of the variable with a key's id. */
  public static final String ACCESS_KEY_ID = "_ACCESS_KEY_ID";

  /** Ends the name of the variable with the key itself. */
  public static final String SECRET_ACCESS_KEY = "_SECRET_ACCESS_KEY";

  /**
   * Folder of this run for checkpoints, history, model and result; survives the pod if a volume.
   */
  public static final String CHECKPOINTS = "FUSION_CHECKPOINTS";

  /** Folder for temporary files, lost with the pod. */
  public static final String SCRATCH = "FUSION_SCRATCH";

  /** Folder for decoded pictures, shared by all trainings on a machine; absent: none are shared. */
  public static final String PICTURES = "FUSION_PICTURES";

  /** How many bytes all in {@link #PICTURES} may have; absent: 32 GiB. */
  public static final String PICTURES_BYTES = "FUSION_PICTURES_BYTES";

  /** File for the {@link RunResult} in short form: the container's termination message. */
  public static final String RESULT_FILE = "FUSION_RESULT_FILE";

  /** Address that takes {@link ProgressReport}s by POST; absent: none are sent. */
  public static final String PROGRESS_URL = "FUSION_PROGRESS_URL";

  /**
   * Certificates, in PEM, of the authorities that {@link #PROGRESS_URL}'s certificate may be signed
   * by; absent: those that Java trusts.
   */
  public static final String PROGRESS_AUTHORITY = "FUSION_PROGRESS_AUTHORITY";

  /** File with the bearer token for {@link #PROGRESS_URL}; read anew for each report. */
  public static final String TOKEN_FILE = "FUSION_TOKEN_FILE";

  /** Uid of the pod, for the lock on the run's folder. */
  public static final String POD_UID = "FUSION_POD_UID";

  private RunEnvironment() {}
}
