package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicy;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyBuilder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.PodSettings;
import training.fusion.api.resource.RunPolicy;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunConfiguration;
import training.fusion.operator.configuration.OperatorConfiguration;

/**
 * Turns a training into its Job. A Job is created once and never changed: queueing and scheduling
 * write into it.
 */
public final class TrainingJob {
  private static final int LONGEST_NAME = 63;

  /** kubectl's: whose logs are shown, and where commands run, when no container is named. */
  private static final String DEFAULT_CONTAINER = "kubectl.kubernetes.io/default-container";

  private static final PodSettings NO_SETTINGS =
      new PodSettings(
          null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
          null, null, null);

  private final OperatorConfiguration configuration;
  private final PodDefaults defaults;

  /** A maker of Jobs with this image, progress address and audience. */
  public TrainingJob(OperatorConfiguration configuration) {
    this.configuration = configuration;
    defaults = new PodDefaults(configuration.trainer());
  }

  /** Name of an attempt's Job; a long training's name is cut, the run key keeps it unique. */
  public static String name(FusionTraining training, RunKey run, int attempt) {
    String suffix = "-" + run + "-" + attempt;
    return Labels.cut(training.getMetadata().getName(), LONGEST_NAME - suffix.length()) + suffix;
  }

  /** The image that a new run of the training uses. */
  public String image(FusionTraining training) {
    return defaults.image(settings(training));
  }

  /** What the trainer is told: the parts of the spec, copied as they are. */
  public static RunConfiguration runConfiguration(FusionTraining training, RunKey run) {
    return TrainerEnvironment.runConfiguration(training, run, settings(training));
  }

  /**
   * The Job of one attempt.
   *
   * @param image the run's image, the same for all its attempts
   */
  public Job of(FusionTraining training, RunKey run, int attempt, String image) {
    var settings = settings(training);
    var labels = Labels.of(training, run, attempt);
    RunPolicy policy = training.getSpec().runPolicy();
    return new JobBuilder()
        .withMetadata(jobMetadata(training, settings, labels, name(training, run, attempt)))
        .withNewSpec()
        .withCompletions(1)
        .withParallelism(1)
        .withBackoffLimit(
            policy == null || policy.backoffLimit() == null
                ? RunPolicy.BACKOFF_LIMIT
                : policy.backoffLimit())
        .withActiveDeadlineSeconds(
            policy == null || policy.activeDeadlineSeconds() == null
                ? null
                : policy.activeDeadlineSeconds().longValue())
        // one pod at a time: the next one starts when the one before has saved and ended
        .withPodReplacementPolicy("Failed")
        .withPodFailurePolicy(podFailurePolicy())
        .withNewTemplate()
        .withMetadata(podMetadata(training, settings, labels))
        .withNewSpec()
        .withRestartPolicy("Never")
        .withTerminationGracePeriodSeconds(
            configuration.trainer().terminationGracePeriod().toSeconds())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withServiceAccountName(settings.serviceAccountName())
        .withSchedulerName(settings.schedulerName())
        .withPriorityClassName(settings.priorityClassName())
        .withRuntimeClassName(defaults.runtimeClassName(settings))
        .withNodeSelector(settings.nodeSelector())
        .withTolerations(defaults.tolerations(settings))
        .withAffinity(settings.affinity())
        .withImagePullSecrets(settings.imagePullSecrets())
        .withResourceClaims(TrainerResources.claims(settings))
        .withSecurityContext(TrainerSecurity.pod(defaults.user(settings)))
        .withVolumes(TrainerVolumes.volumes(training, configuration.token().audience()))
        .addNewContainer()
        .withName(TrainerPod.CONTAINER)
        .withImage(image)
        .withEnv(TrainerEnvironment.of(training, run, settings, configuration.progress()))
        .withEnvFrom(settings.envFrom())
        .withResources(TrainerResources.of(settings))
        .withSecurityContext(TrainerSecurity.container())
        .withVolumeMounts(TrainerVolumes.mounts(training, run))
        .withTerminationMessagePath(TrainerVolumes.RESULT_FILE)
        .withTerminationMessagePolicy("File")
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private ObjectMeta jobMetadata(
      FusionTraining training, PodSettings settings, Map<String, String> ours, String name) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(training.getMetadata().getNamespace())
        .addToLabels(settings.labels())
        .addToLabels(defaults.jobLabels(settings))
        .addToLabels(ours)
        .addToAnnotations(Labels.TRAINING, training.getMetadata().getName())
        .addToAnnotations(pause(training))
        .addNewOwnerReference()
        .withApiVersion(training.getApiVersion())
        .withKind(training.getKind())
        .withName(training.getMetadata().getName())
        .withUid(training.getMetadata().getUid())
        .withController(true)
        .withBlockOwnerDeletion(true)
        .endOwnerReference()
        .build();
  }

  private static Map<String, String> pause(FusionTraining training) {
    Integer epoch = training.getSpec().pauseAfterEpoch();
    return epoch == null ? Map.of() : Map.of(Labels.PAUSE_AFTER_EPOCH, epoch.toString());
  }

  private static ObjectMeta podMetadata(
      FusionTraining training, PodSettings settings, Map<String, String> ours) {
    Map<String, String> labels = settings.labels() == null ? Map.of() : settings.labels();
    return new ObjectMetaBuilder()
        .withLabels(new HashMap<>())
        .addToLabels(
            labels.entrySet().stream()
                .filter(label -> !label.getKey().startsWith(PodDefaults.KUEUE))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)))
        .addToLabels(ours)
        .addToAnnotations(settings.annotations())
        .addToAnnotations(DEFAULT_CONTAINER, TrainerPod.CONTAINER)
        .addToAnnotations(pause(training))
        .addToAnnotations(Labels.TRAINING, training.getMetadata().getName())
        .build();
  }

  private static PodFailurePolicy podFailurePolicy() {
    List<Integer> hopeless =
        Arrays.stream(ExitCode.values())
            .filter(code -> code.retry() == ExitCode.Retry.NEVER && code != ExitCode.SUCCESS)
            .map(ExitCode::code)
            .toList();
    return new PodFailurePolicyBuilder()
        .addNewRule()
        .withAction("FailJob")
        .withNewOnExitCodes()
        .withContainerName(TrainerPod.CONTAINER)
        .withOperator("In")
        .withValues(hopeless)
        .endOnExitCodes()
        .endRule()
        .addNewRule()
        .withAction("Ignore")
        .addNewOnPodCondition("True", "DisruptionTarget")
        .endRule()
        .build();
  }

  private static PodSettings settings(FusionTraining training) {
    @Nullable PodSettings settings = training.getSpec().pod();
    return settings != null ? settings : NO_SETTINGS;
  }
}
