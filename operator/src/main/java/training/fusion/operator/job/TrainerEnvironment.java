package training.fusion.operator.job;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import training.fusion.api.Source;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.PodSettings;
import training.fusion.api.resource.RunPolicy;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunEnvironment;
import training.fusion.operator.bounds.Shortened;
import training.fusion.operator.configuration.OperatorConfiguration;

/** What the trainer is told, in the environment of its container. */
final class TrainerEnvironment {
  /** Variables that begin so are ours; a user's are left out. */
  private static final String OURS = "FUSION_";

  /**
   * In bytes. Linux takes no string of an environment that is longer than 128 KiB with its name,
   * "=" and the zero at its end (MAX_ARG_STRLEN): execve fails with E2BIG.
   */
  private static final int LONGEST_VALUE = 128 * 1024 - 1024;

  private static final ObjectMapper JSON = new ObjectMapper();

  private TrainerEnvironment() {}

  static List<EnvVar> of(
      FusionTraining training,
      RunKey run,
      PodSettings settings,
      OperatorConfiguration.Progress progress) {
    List<EnvVar> environment = new ArrayList<>();
    for (EnvVar asked : Objects.requireNonNullElse(settings.env(), List.<EnvVar>of())) {
      if (!asked.getName().startsWith(OURS)) {
        environment.add(asked);
      }
    }
    environment.addAll(pieces(json(runConfiguration(training, run, settings))));
    environment.addAll(sources(training));
    if (training.getSpec().artifacts() != null) {
      environment.addAll(key(training.getSpec().artifacts().s3(), RunEnvironment.ARTIFACTS_S3));
    }
    environment.add(variable(RunEnvironment.CHECKPOINTS, TrainerVolumes.CHECKPOINTS));
    environment.add(variable(RunEnvironment.SCRATCH, TrainerVolumes.SCRATCH));
    environment.add(variable(RunEnvironment.RESULT_FILE, TrainerVolumes.RESULT_FILE));
    progress
        .address()
        .ifPresent(url -> environment.add(variable(RunEnvironment.PROGRESS_URL, url)));
    progress
        .authority()
        .ifPresent(
            file -> environment.add(variable(RunEnvironment.PROGRESS_AUTHORITY, text(file))));
    environment.add(variable(RunEnvironment.TOKEN_FILE, TrainerVolumes.TOKEN_FILE));
    environment.add(
        new EnvVarBuilder()
            .withName(RunEnvironment.POD_UID)
            .withNewValueFrom()
            .withNewFieldRef("v1", "metadata.uid")
            .endValueFrom()
            .build());
    return environment;
  }

  /** Where data and weights are, or what it takes to fetch them. */
  private static List<EnvVar> sources(FusionTraining training) {
    List<EnvVar> environment = new ArrayList<>();
    Source data = training.getSpec().dataset().source();
    if (TrainerVolumes.isFetched(data)) {
      environment.addAll(key(data, RunEnvironment.DATA_S3, RunEnvironment.DATA_HTTPS_HEADER));
    } else {
      environment.add(variable(RunEnvironment.DATA, TrainerVolumes.DATA));
    }
    TrainerVolumes.weights(training)
        .ifPresent(
            weights -> {
              if (TrainerVolumes.isFetched(weights)) {
                environment.addAll(
                    key(weights, RunEnvironment.WEIGHTS_S3, RunEnvironment.WEIGHTS_HTTPS_HEADER));
              } else {
                environment.add(variable(RunEnvironment.WEIGHTS, TrainerVolumes.WEIGHTS));
              }
            });
    if (TrainerVolumes.fetches(training)) {
      boolean kept = TrainerVolumes.checkpoints(training).isPresent();
      environment.add(
          variable(
              RunEnvironment.CACHE,
              kept ? TrainerVolumes.CACHE : TrainerVolumes.SCRATCH + "/cache"));
    }
    TrainerVolumes.resumeFrom(training)
        .ifPresent(
            run ->
                environment.add(variable(RunEnvironment.RESUME_FROM, TrainerVolumes.RESUME_FROM)));
    return environment;
  }

  // The kubelet puts the values in: the operator may not read secrets, and need not.
  private static List<EnvVar> key(Source source, String prefix, String header) {
    if (source.https() != null && source.https().secretName() != null) {
      return List.of(secret(header, source.https().secretName(), "header"));
    }
    return source.s3() == null ? List.of() : key(source.s3(), prefix);
  }

  private static List<EnvVar> key(Source.S3 s3, String prefix) {
    String secret = s3.secretName();
    if (secret == null) {
      return List.of(); // the pod's own identity
    }
    return List.of(
        secret(prefix + RunEnvironment.ACCESS_KEY_ID, secret, "accessKeyId"),
        secret(prefix + RunEnvironment.SECRET_ACCESS_KEY, secret, "secretAccessKey"));
  }

  private static EnvVar secret(String name, String secret, String key) {
    return new EnvVarBuilder()
        .withName(name)
        .withNewValueFrom()
        .withNewSecretKeyRef()
        .withName(secret)
        .withKey(key)
        .endSecretKeyRef()
        .endValueFrom()
        .build();
  }

  /** Read for each Job: what is mounted from a Secret may change. */
  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(
          "fusion.progress.authority: %s cannot be read: %s".formatted(file, e), e);
    }
  }

  private static List<EnvVar> pieces(String configuration) {
    List<EnvVar> environment = new ArrayList<>();
    for (String piece : Shortened.intoPieces(configuration, LONGEST_VALUE)) {
      String name = RunConfiguration.VARIABLE;
      environment.add(
          variable(environment.isEmpty() ? name : name + "_" + (environment.size() + 1), piece));
    }
    return environment;
  }

  /** To the kubelet $(NAME) is another variable's value, and $$ is what the value has as $. */
  private static EnvVar variable(String name, String value) {
    return new EnvVar(name, value.replace("$", "$$"), null);
  }

  private static String json(RunConfiguration configuration) {
    try {
      return JSON.writeValueAsString(configuration);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a record of plain values is always JSON", e);
    }
  }

  static RunConfiguration runConfiguration(
      FusionTraining training, RunKey run, PodSettings settings) {
    var spec = training.getSpec();
    RunPolicy policy = spec.runPolicy();
    return new RunConfiguration(
        RunConfiguration.CONTRACT_VERSION,
        training.getMetadata().getNamespace() + "/" + training.getMetadata().getName(),
        run.value(),
        TrainerResources.gpuCount(settings),
        spec.pauseAfterEpoch(),
        policy == null ? null : policy.progressDeadlineSeconds(),
        spec.model(),
        spec.dataset(),
        spec.optimization(),
        spec.training(),
        spec.checkpoint(),
        spec.tracking(),
        spec.report(),
        spec.artifacts());
  }
}
