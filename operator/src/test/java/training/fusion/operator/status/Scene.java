package training.fusion.operator.status;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.EmptyDirVolumeSource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobStatus;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.operator.Configured;
import training.fusion.operator.configuration.OperatorConfiguration;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.RunKey;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.job.TrainingJob;
import training.fusion.operator.reading.UnreadField;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.watch.Observation;

/**
 * A training, its Jobs and pods at one moment, told in the words of Kubernetes' YAML. Times are
 * relative to {@link #START}.
 */
public final class Scene {
  public static final Instant START = Instant.parse("2026-01-01T12:00:00Z");
  public static final String UID = "6f1c6f0e-95a5-4a3b-8f0c-6d7d0c6a7f11";
  public static final OperatorConfiguration CONFIGURATION =
      Configured.with(Map.of("fusion.progress.address", "http://operator:8080/v1/progress"));

  private static final ObjectMapper YAML = Serialization.yamlMapper();
  private static final ObjectMapper STRICT =
      Serialization.jsonMapper().copy().enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private final List<Job> jobs = new ArrayList<>();
  private final List<Pod> pods = new ArrayList<>();
  private FusionTraining training;
  private Instant now = START;
  private boolean live;
  private @Nullable Refusal refusal;

  private Scene(FusionTraining training) {
    this.training = training;
  }

  /** A training of one epoch on the CPU without a checkpoint volume; nothing has happened yet. */
  public static Scene ofTraining() {
    return new Scene(
        Serialization.unmarshal(
            """
            apiVersion: fusion.training/v1alpha1
            kind: FusionTraining
            metadata: {name: quickstart, namespace: vision, uid: %s, generation: 1, resourceVersion: "7"}
            spec:
              model: {architecture: EfficientNetV2-S}
              dataset: {format: IDX, source: {persistentVolumeClaim: {claimName: fashion-mnist}}}
              optimization:
                fusion:
                  lowLevel: {lastBlock: 5, optimizer: {type: Adam}}
                  highLevel: {optimizer: {type: SGD, learningRate: 2e-2}}
              training: {epochs: 1}
              pod: {gpu: {count: 0}}
            """
                .formatted(UID),
            FusionTraining.class));
  }

  /** The same training with these fields of its spec changed, as YAML. */
  public Scene spec(String yaml) {
    ObjectNode tree = Serialization.jsonMapper().valueToTree(training);
    merge((ObjectNode) tree.get("spec"), (ObjectNode) yaml(yaml));
    training = Serialization.jsonMapper().convertValue(tree, FusionTraining.class);
    return this;
  }

  /** A field of it could not be read, and was left out. */
  public Scene unread(String field, String value, String problem) {
    training
        .getMetadata()
        .setAdditionalProperty("unread", List.of(new UnreadField(field, value, problem)));
    return this;
  }

  /** The spec was changed so often. */
  public Scene generation(long generation) {
    training.getMetadata().setGeneration(generation);
    return this;
  }

  /** The same with these fields of its status, as YAML. */
  public Scene status(String yaml) {
    return status((ObjectNode) yaml(yaml));
  }

  /** The same with this merge patch of its status. */
  Scene status(ObjectNode patch) {
    ObjectNode tree = Serialization.jsonMapper().valueToTree(training);
    ObjectNode status =
        tree.has("status") ? (ObjectNode) tree.get("status") : tree.putObject("status");
    merge(status, patch);
    try { // strictly: what the operator writes are fields that exist
      training.setStatus(STRICT.treeToValue(status, FusionTrainingStatus.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
    return this;
  }

  /** What is seen is written into the status. */
  public Scene recorded() {
    return status(change().patch());
  }

  /** The operator makes the Job of an attempt, now. Its uid is {@code job-<attempt>}. */
  public Scene job(int attempt) {
    RunKey run = observation().run();
    Job job = new TrainingJob(CONFIGURATION).of(training, run, attempt, "fusion-trainer:0.1.0");
    jobs.add(
        new JobBuilder(job)
            .editMetadata()
            .withUid("job-" + attempt)
            .withCreationTimestamp(now.toString())
            .endMetadata()
            .build());
    return this;
  }

  /** The newest Job's status, as YAML. */
  public Scene jobStatus(String yaml) {
    return editJob(
        job ->
            new JobBuilder(job).withStatus(Serialization.unmarshal(yaml, JobStatus.class)).build());
  }

  /** The API server had no image volumes: in the newest Job's place of them are empty folders. */
  public Scene imagesAreDropped() {
    return editJob(
        job -> {
          Job dropped = new JobBuilder(job).build();
          for (var volume : dropped.getSpec().getTemplate().getSpec().getVolumes()) {
            if (volume.getImage() != null) {
              volume.setImage(null);
              volume.setEmptyDir(new EmptyDirVolumeSource());
            }
          }
          return dropped;
        });
  }

  /** The API server had no claims for devices: the newest Job has none. */
  public Scene claimsAreDropped() {
    return editJob(
        job -> {
          Job dropped = new JobBuilder(job).build();
          PodSpec pod = dropped.getSpec().getTemplate().getSpec();
          pod.setResourceClaims(List.of());
          pod.getContainers().forEach(container -> container.getResources().setClaims(List.of()));
          return dropped;
        });
  }

  /** Somebody's webhook has put this container before the newest Job's trainer. */
  public Scene jobContainerFirst(String name, String image) {
    return editJob(
        job ->
            new JobBuilder(job)
                .editSpec()
                .editTemplate()
                .editSpec()
                .addNewContainerLike(job.getSpec().getTemplate().getSpec().getContainers().get(0))
                .endContainer()
                .editFirstContainer()
                .withName(name)
                .withImage(image)
                .endContainer()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build());
  }

  /** The newest Job is on its way out. */
  public Scene jobIsBeingDeleted() {
    return editJob(
        job ->
            new JobBuilder(job)
                .editMetadata()
                .withDeletionTimestamp(now.toString())
                .endMetadata()
                .build());
  }

  /** The newest Job is held back by a queue. */
  public Scene jobIsSuspended() {
    return editJob(job -> new JobBuilder(job).editSpec().withSuspend(true).endSpec().build());
  }

  /** The newest Job is another controller's to run. */
  public Scene jobIsManagedBy(String controller) {
    return editJob(
        job -> new JobBuilder(job).editSpec().withManagedBy(controller).endSpec().build());
  }

  private Scene editJob(UnaryOperator<Job> edit) {
    jobs.set(jobs.size() - 1, edit.apply(jobs.get(jobs.size() - 1)));
    return this;
  }

  /** All Jobs and their pods are gone. */
  public Scene withoutJobs() {
    jobs.clear();
    pods.clear();
    return this;
  }

  /** All pods are gone. */
  public Scene withoutPods() {
    pods.clear();
    return this;
  }

  /** The newest Job makes a pod, now, that has this status. Its uid is {@code uid-of-<name>}. */
  public Scene pod(String name, String status) {
    Job job = jobs.get(jobs.size() - 1);
    pods.add(
        new PodBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace("vision")
            .withUid("uid-of-" + name)
            .withCreationTimestamp(now.toString())
            .withLabels(job.getSpec().getTemplate().getMetadata().getLabels())
            .withAnnotations(job.getSpec().getTemplate().getMetadata().getAnnotations())
            .addNewOwnerReference()
            .withKind("Job")
            .withName(job.getMetadata().getName())
            .withUid(job.getMetadata().getUid())
            .endOwnerReference()
            .endMetadata()
            .withNewSpecLike(job.getSpec().getTemplate().getSpec())
            .withNodeName(status.contains("PodScheduled") ? null : "node-1")
            .endSpec()
            .build());
    return podStatus(status);
  }

  /** The newest pod's status, as YAML. */
  public Scene podStatus(String yaml) {
    pods.get(pods.size() - 1).setStatus(Serialization.unmarshal(yaml, PodStatus.class));
    return this;
  }

  /**
   * Somebody's webhook has put these into the newest pod, as YAML of its spec: containers before
   * the trainer, init containers, volumes.
   */
  public Scene injected(String yaml) {
    PodSpec others = Serialization.unmarshal(yaml, PodSpec.class);
    Pod pod = pods.get(pods.size() - 1);
    pods.set(
        pods.size() - 1,
        new PodBuilder(pod)
            .editSpec()
            .withInitContainers(others.getInitContainers())
            .withContainers(others.getContainers())
            .addAllToContainers(pod.getSpec().getContainers())
            .addAllToVolumes(others.getVolumes())
            .endSpec()
            .build());
    return this;
  }

  /** The newest pod's container ended so, five minutes after the start, with any words. */
  public Scene endedWith(int exitCode, String message) {
    podStatus(ended(exitCode, ""));
    pods.get(pods.size() - 1)
        .getStatus()
        .getContainerStatuses()
        .get(0)
        .getState()
        .getTerminated()
        .setMessage(message);
    return this;
  }

  /** The newest pod is being deleted, and should be gone now. */
  public Scene podShouldBeGone() {
    pods.get(pods.size() - 1).getMetadata().setDeletionTimestamp(now.toString());
    return this;
  }

  /** A pod that no node takes. */
  public static String unscheduled() {
    return """
    phase: Pending
    conditions: [{type: PodScheduled, status: "False", message: "0/3 nodes are available"}]
    """;
  }

  /** A running container. */
  public static String running() {
    return """
    phase: Running
    containerStatuses: [{name: trainer, state: {running: {startedAt: "2026-01-01T12:00:00Z"}}}]
    """;
  }

  /** A container that ended five minutes after the start. */
  public static String ended(int exitCode, String message) {
    return ended(exitCode, message, exitCode == 0 ? "Completed" : "Error");
  }

  /** A container that ended so, five minutes after the start. */
  public static String ended(int exitCode, String message, String reason) {
    return """
    phase: %s
    containerStatuses:
    - name: trainer
      state:
        terminated:
          exitCode: %d
          reason: %s
          finishedAt: "2026-01-01T12:05:00Z"
          message: '%s'
    """
        .formatted(exitCode == 0 ? "Succeeded" : "Failed", exitCode, reason, message);
  }

  /** What the trainer says when it has saved and ended after an epoch that is not the last. */
  public String pause(int epoch) {
    return """
    {"contractVersion":1,"runKey":"%s","failure":{"reason":"Paused","message":"paused"},\
    "epoch":%d,"step":%d,\
    "validation":{"split":"Validation","epoch":%d,"accuracy":0.6,"loss":1.1,"f1":0.59},\
    "best":{"split":"Validation","epoch":%d,"accuracy":0.6,"loss":1.1,"f1":0.59},\
    "checkpoint":{"epoch":%d,"step":%d,"path":"checkpoint-%d"}}\
    """
        .formatted(
            observation().run(), epoch, 125 * epoch, epoch, epoch, epoch, 125 * epoch, epoch);
  }

  /** The trainer's last word after training to the end. */
  public String result() {
    return """
    {"contractVersion":1,"runKey":"%s","epoch":1,"step":125,\
    "validation":{"split":"Validation","epoch":1,"accuracy":0.7,"loss":0.9,"f1":0.69},\
    "best":{"split":"Validation","epoch":1,"accuracy":0.7,"loss":0.9,"f1":0.69},\
    "test":{"split":"Test","epoch":1,"accuracy":0.71,"loss":0.88,"f1":0.7,"weightedF1":0.71},\
    "checkpoint":{"epoch":1,"step":125,"path":"checkpoint-1-125"},\
    "model":{"path":"model.safetensors","sha256":"ab"},\
    "parameters":{"lowLevel":300,"highLevel":700}}\
    """
        .formatted(observation().run());
  }

  /** The trainer's last word after a failure. */
  public String failure(String reason, String message) {
    return """
    {"contractVersion":1,"runKey":"%s","failure":{"reason":"%s","message":"%s"},"epoch":1,"step":40}\
    """
        .formatted(observation().run(), reason, message);
  }

  public Scene after(Duration duration) {
    now = now.plus(duration);
    return this;
  }

  /** Seen at the API server itself. */
  public Scene live() {
    live = true;
    return this;
  }

  /** Seen by informers. */
  public Scene cached() {
    live = false;
    return this;
  }

  public Scene refused(Refusal.Kind kind, String message) {
    refusal = new Refusal(kind, message);
    return this;
  }

  public Observation observation() {
    return new Observation(
        training,
        jobs.stream().map(JobView::new).toList(),
        pods.stream().map(TrainerPod::new).toList(),
        now,
        live,
        refusal);
  }

  /** All pods, the oldest first. */
  public List<TrainerPod> pods() {
    return observation().pods();
  }

  public StatusChange change() {
    return StatusChange.of(observation(), CONFIGURATION.progress());
  }

  public FusionTraining training() {
    return training;
  }

  /** The status as it is recorded. */
  public FusionTrainingStatus status() {
    return training.getStatus();
  }

  private static JsonNode yaml(String text) {
    try {
      return YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  /** RFC 7386, as an API server does it. */
  public static void merge(ObjectNode target, ObjectNode patch) {
    for (var field : patch.properties()) {
      JsonNode value = field.getValue();
      if (value.isNull()) {
        target.remove(field.getKey());
      } else if (value.isObject()) {
        if (!target.path(field.getKey()).isObject()) {
          target.putObject(field.getKey());
        }
        merge((ObjectNode) target.get(field.getKey()), (ObjectNode) value);
      } else {
        target.set(field.getKey(), value);
      }
    }
  }
}
