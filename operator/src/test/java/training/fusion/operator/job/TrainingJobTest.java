package training.fusion.operator.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.PodSettings;
import training.fusion.api.run.RunConfiguration;
import training.fusion.operator.Configured;

class TrainingJobTest {
  private static final RunKey RUN = new RunKey("k3y0fth3ru");

  private final TrainingJob jobs =
      new TrainingJob(
          Configured.with(
              Map.of("fusion.progress.address", "http://operator.fusion.svc:8080/v1/progress")));

  @ParameterizedTest
  @ValueSource(strings = {"small", "full", "fetched", "header", "images"})
  void aTrainingBecomesExactlyThisJob(String which) throws IOException {
    FusionTraining training = training(which);
    Job job = jobs.of(training, RUN, 2, jobs.image(training));
    String yaml = Serialization.asYaml(job);
    assertThat(Serialization.yamlMapper().readTree(yaml))
        .as("the Job is now:%n%s", yaml)
        .isEqualTo(Serialization.yamlMapper().readTree(resource(which + "-job.yaml")));
  }

  @Test
  void theTrainerIsToldTheSpecAsItIs() throws IOException {
    FusionTraining training = training("full");
    String json =
        jobs
            .of(training, RUN, 1, "image")
            .getSpec()
            .getTemplate()
            .getSpec()
            .getContainers()
            .stream()
            .flatMap(container -> container.getEnv().stream())
            .filter(variable -> RunConfiguration.VARIABLE.equals(variable.getName()))
            .map(EnvVar::getValue)
            .findFirst()
            .orElseThrow();
    RunConfiguration told = JsonMapper.builder().build().readValue(json, RunConfiguration.class);
    assertThat(told).isEqualTo(TrainingJob.runConfiguration(training, RUN));
    assertThat(told.optimization()).isEqualTo(training.getSpec().optimization());
    assertThat(told.training()).isEqualTo(training.getSpec().training());
    assertThat(told.progressDeadlineSeconds()).isEqualTo(600);
    assertThat(told.gpuCount()).isEqualTo(1);
  }

  @Test
  void whatTheSpecSaysWithADollarArrivesAsItIs() throws IOException {
    String odd = "https://s3.example/$$/a$(DATA_ROOT)/$(FUSION_SCRATCH)$";
    FusionTraining training =
        Serialization.unmarshal(
            resource("fetched-training.yaml").replace("https://s3.example", odd),
            FusionTraining.class);
    List<EnvVar> environment = environment(training);
    String json = value(environment, RunConfiguration.VARIABLE);
    assertThat(json).contains("https://s3.example/$$$$/a$$(DATA_ROOT)/$$(FUSION_SCRATCH)$$");
    // no $ is left alone: the kubelet makes one of two, and looks for no name
    assertThat(json.replace("$$", "")).doesNotContain("$");
    RunConfiguration told =
        JsonMapper.builder().build().readValue(json.replace("$$", "$"), RunConfiguration.class);
    assertThat(told).isEqualTo(TrainingJob.runConfiguration(training, RUN));
  }

  @Test
  void aConfigurationTooLongForOneVariableIsInSeveral() throws IOException {
    String weights =
        IntStream.range(0, 10_000).mapToObj(i -> "0.1234567890123456").toList().toString();
    FusionTraining training =
        Serialization.unmarshal(
            resource("small-training.yaml")
                .replace("training: {", "training: {classWeights: {values: " + weights + "}, "),
            FusionTraining.class);
    List<EnvVar> environment = environment(training);
    List<String> pieces =
        List.of(
            value(environment, "FUSION_RUN_CONFIGURATION"),
            value(environment, "FUSION_RUN_CONFIGURATION_2"));
    assertThat(pieces.get(1)).isNotEmpty();
    assertThat(environment)
        .allMatch(
            variable ->
                variable.getName().length()
                        + 2 // = and the zero at its end
                        + Objects.requireNonNullElse(variable.getValue(), "")
                            .getBytes(StandardCharsets.UTF_8)
                            .length
                    <= 128 * 1024);
    RunConfiguration told =
        JsonMapper.builder().build().readValue(String.join("", pieces), RunConfiguration.class);
    assertThat(told).isEqualTo(TrainingJob.runConfiguration(training, RUN));
  }

  private List<EnvVar> environment(FusionTraining training) {
    return jobs.of(training, RUN, 1, "image")
        .getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .get(0)
        .getEnv();
  }

  private static String value(List<EnvVar> environment, String name) {
    return environment.stream()
        .filter(variable -> name.equals(variable.getName()))
        .map(EnvVar::getValue)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theTrainerIsGivenTheAuthorityThatSignsForTheAddress(@TempDir Path folder)
      throws IOException {
    Path file = Files.writeString(folder.resolve("ca.crt"), "-----BEGIN CERTIFICATE-----");
    var configured =
        new TrainingJob(Configured.with(Map.of("fusion.progress.authority", file.toString())));
    Job job = configured.of(training("small"), RUN, 1, "image");
    assertThat(job.getSpec().getTemplate().getSpec().getContainers().get(0).getEnv())
        .contains(new EnvVar("FUSION_PROGRESS_AUTHORITY", "-----BEGIN CERTIFICATE-----", null));
  }

  @Test
  void aTrainingWithoutPodSettingsGetsAGpuAndTheConfiguredImage() {
    FusionTraining training = training("small");
    var spec = training.getSpec();
    training.setSpec(
        new training.fusion.api.resource.FusionTrainingSpec(
            null,
            null,
            null,
            spec.model(),
            spec.dataset(),
            spec.optimization(),
            spec.training(),
            null,
            null,
            null,
            null,
            null,
            null));
    assertThat(jobs.image(training)).isEqualTo("fusion-trainer:0.1.0");
    var container =
        jobs.of(training, RUN, 1, "image").getSpec().getTemplate().getSpec().getContainers().get(0);
    assertThat(container.getResources().getLimits()).containsOnlyKeys("nvidia.com/gpu");
    assertThat(container.getResources().getRequests()).containsOnlyKeys("cpu", "memory");
  }

  @Test
  void aClaimTemplateTakesThePlaceOfTheGpuLimit() {
    var settings =
        Serialization.unmarshal("gpu: {resourceClaimTemplateName: one-gpu}", PodSettings.class);
    var resources = TrainerResources.of(settings);
    assertThat(resources.getClaims()).extracting("name").containsExactly("fusion-gpu");
    assertThat(resources.getLimits()).isEmpty();
    assertThat(TrainerResources.claims(settings))
        .extracting("name", "resourceClaimTemplateName")
        .containsExactly(org.assertj.core.api.Assertions.tuple("fusion-gpu", "one-gpu"));
    assertThat(TrainerResources.gpuCount(settings)).isEqualTo(1);
  }

  private static FusionTraining training(String which) {
    return Serialization.unmarshal(resource(which + "-training.yaml"), FusionTraining.class);
  }

  private static String resource(String name) {
    try (var in = Objects.requireNonNull(TrainingJobTest.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
