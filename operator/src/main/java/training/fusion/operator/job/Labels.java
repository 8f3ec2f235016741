package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Map;
import training.fusion.api.resource.FusionTraining;

/** Labels and annotations of the Jobs and pods that the operator makes. */
public final class Labels {
  /** The part of every name below that is ours. */
  private static final String OURS = "fusion.training/";

  private static final int LONGEST_VALUE = 63;

  static final String NAME = "app.kubernetes.io/name";
  static final String COMPONENT = "app.kubernetes.io/component";
  static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  static final String OPERATOR = "fusion-training-operator";

  /** Uid of the FusionTraining. */
  public static final String TRAINING_UID = OURS + "training-uid";

  /** {@link RunKey} of the run. */
  public static final String RUN = OURS + "run";

  /** Which Job of the run, from 1. */
  public static final String ATTEMPT = OURS + "attempt";

  /**
   * Name of the FusionTraining. The annotation has all of it; the label, for people and dashboards
   * to select by, has what fits. What identifies a training is its uid.
   */
  public static final String TRAINING = OURS + "training";

  /** Annotation of Jobs and pods: the epoch after which the trainer pauses; absent: none. */
  static final String PAUSE_AFTER_EPOCH = OURS + "pause-after-epoch";

  /** Uid of the FusionSweep that a training, or a ConfigMap, is of. */
  public static final String SWEEP_UID = OURS + "sweep-uid";

  /** Selects what the operator made; informers hold nothing else. */
  public static final String SELECTOR = MANAGED_BY + "=" + OPERATOR;

  private Labels() {}

  static Map<String, String> of(FusionTraining training, RunKey run, int attempt) {
    return Map.of(
        NAME,
        "fusion-training",
        COMPONENT,
        "trainer",
        MANAGED_BY,
        OPERATOR,
        TRAINING,
        cut(training.getMetadata().getName(), LONGEST_VALUE),
        TRAINING_UID,
        training.getMetadata().getUid(),
        RUN,
        run.value(),
        ATTEMPT,
        String.valueOf(attempt));
  }

  /** The beginning of a name that may stand as a name's part, and as a label's value. */
  static String cut(String name, int longest) {
    // a cut may leave a dot or hyphen, which may not stand at the end or before a hyphen
    return name.substring(0, Math.min(name.length(), longest)).replaceFirst("[-.]+$", "");
  }

  /** Labels of what belongs to a sweep. */
  public static Map<String, String> ofSweep(String sweepUid, String component) {
    return Map.of(
        NAME, "fusion-training", COMPONENT, component, MANAGED_BY, OPERATOR, SWEEP_UID, sweepUid);
  }

  /** The value of a label, or the empty string. */
  public static String value(HasMetadata resource, String label) {
    var labels = resource.getMetadata().getLabels();
    return labels == null ? "" : labels.getOrDefault(label, "");
  }
}
