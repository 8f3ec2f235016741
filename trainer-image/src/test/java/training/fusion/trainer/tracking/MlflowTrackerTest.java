package training.fusion.trainer.tracking;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.RunResultBuilder;
import training.fusion.api.run.SavedModel;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.RunState;

/**
 * Attempts at a run, told to an MLflow server and read back by MLflow's own client, where the
 * Python in FUSION_PYTHON, or python3, has MLflow; and to servers that are away or misbehave.
 */
@Tag("process")
class MlflowTrackerTest {
  private static final String CONFIGURATION =
      """
      {"contractVersion": 1, "name": "%s", "runKey": "k3y", "gpuCount": 0,
       "model": {"architecture": "EfficientNetV2-S"},
       "dataset": {"format": "IDX", "source": {"persistentVolumeClaim": {"claimName": "data"}},
         "normalization": {"mean": [0.1, 0.2, 0.3], "std": [1, 1, 1]}},
       "optimization": {"single": {"optimizer": {"type": "SGD"}}}, "training": {"epochs": 3},
       "tracking": {"mlflow": {"trackingUri": "%s", "artifacts": true}}}
      """;

  private static final String READER =
      """
      import json, sys
      from mlflow import MlflowClient
      client = MlflowClient(sys.argv[1])
      experiment = client.get_experiment_by_name(sys.argv[2])
      runs = client.search_runs([experiment.experiment_id])
      print(json.dumps([{
          "name": run.info.run_name, "status": run.info.status, "ended": run.info.end_time,
          "params": run.data.params, "tags": run.data.tags,
          "metrics": {key: [[m.step, m.value] for m in client.get_metric_history(run.info.run_id, key)]
                      for key in run.data.metrics}} for run in runs]))
      """;

  private static @Nullable MlflowProcess server;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private static Path serverFolder;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  /** How often it may be asked whether to wait on. */
  private int patience = Integer.MAX_VALUE;

  @AfterAll
  static void stop() {
    if (server != null) {
      server.close();
    }
  }

  @Test
  void mlflowShowsOneRunForAllAttemptsWithEachEpochOnce() throws Exception {
    MlflowProcess mlflow = mlflow();
    List<RunState> states = epochs(3);
    MlflowTracker first = tracker(mlflow.address(), "vision/small", states.get(0));
    first.evaluated(states.get(1));
    first.evaluated(states.get(2));
    first.ended(result("Terminated", states.get(2)));
    String id = runId();
    JsonNode stopped = mlflow.run(id);
    assertThat(stopped.at("/info/status").asText()).isEqualTo("RUNNING");
    assertThat(stopped.at("/info").has("end_time")).isFalse();

    MlflowTracker second = tracker(mlflow.address(), "vision/small", states.get(1));
    second.evaluated(states.get(2)); // again: the checkpoint was older
    second.ended(result("DeviceError", states.get(2)));
    JsonNode failed = mlflow.run(id);
    assertThat(failed.at("/info/status").asText()).isEqualTo("FAILED");
    assertThat(failed.at("/data/tags").toString()).contains("DeviceError: it says so");

    MlflowTracker third = tracker(mlflow.address(), "vision/small", states.get(2));
    third.evaluated(states.get(3));
    third.ended(result(null, states.get(3)));
    JsonNode runs = read(mlflow.address(), "vision");

    assertThat(runs).hasSize(1);
    JsonNode run = runs.get(0);
    assertThat(run.get("name").asText()).isEqualTo("small");
    assertThat(run.get("status").asText()).isEqualTo("FINISHED");
    assertThat(run.get("ended").isNumber()).isTrue();
    assertThat(run.at("/params/model.architecture").asText()).isEqualTo("EfficientNetV2-S");
    assertThat(run.at("/params/training.epochs").asText()).isEqualTo("3");
    assertThat(run.at("/params/dataset.normalization.mean").asText()).isEqualTo("[0.1,0.2,0.3]");
    assertThat(run.at("/tags/fusion.run_key").asText()).isEqualTo("k3y");
    assertThat(run.at("/tags/fusion.model_sha256").asText()).isEqualTo("abc");
    assertThat(run.at("/tags").has("fusion.failure")).isFalse();
    JsonNode metrics = run.get("metrics");
    assertThat(metrics.get("epoch").toString()).isEqualTo("[[10,1.0],[20,2.0],[30,3.0]]");
    assertThat(metrics.get("learning_rate/all").toString())
        .isEqualTo("[[10,0.1],[20,0.2],[30,0.3]]");
    assertThat(metrics.get("accuracy/validation")).hasSize(3);
    assertThat(metrics.get("f1/validation").get(1).get(1).asDouble())
        .isEqualTo(2 / 7.0, within(1e-12));
    assertThat(metrics.get("accuracy/test_of_model").toString()).isEqualTo("[[30,0.875]]");
  }

  @Test
  void theModelLiesAmongTheRunsArtifactsAndMlflowsOwnClientGetsIt() throws Exception {
    MlflowProcess mlflow = mlflow();
    Files.writeString(folder.resolve("model.safetensors"), "the model");
    Files.writeString(folder.resolve("report.html"), "<p>");
    Files.writeString(folder.resolve("configuration.json"), "a password may be in it");
    List<RunState> states = epochs(1);
    MlflowTracker tracker = tracker(mlflow.address(), "kept/small", states.get(0));
    tracker.evaluated(states.get(1));
    tracker.ended(result(null, states.get(1)));

    assertThat(mlflow.run(runId()).at("/info/status").asText()).isEqualTo("FINISHED");
    Path fetched = Files.createDirectory(folder.resolve("fetched"));
    String told =
        Python.run(
            """
            import sys, mlflow
            mlflow.set_tracking_uri(sys.argv[1])
            print(mlflow.artifacts.download_artifacts(run_id=sys.argv[2], dst_path=sys.argv[3]))
            """,
            mlflow.address(),
            runId(),
            fetched.toString());
    assertThat(fetched).as(told).isDirectoryRecursivelyContaining("glob:**/report.html");
    try (var files = Files.walk(fetched)) {
      assertThat(files.filter(Files::isRegularFile))
          .extracting(file -> file.getFileName() + ": " + Files.readString(file))
          .containsExactlyInAnyOrder("model.safetensors: the model", "report.html: <p>");
    }
  }

  @Test
  void aStoreThatTheServerLeavesToItsClientsIsToldWithWhatWouldHelp() {
    var server = new MlflowServer("http://mlflow.example", Map.of());

    assertThatThrownBy(() -> MlflowArtifacts.of(server, "s3://bucket/1/run/artifacts"))
        .hasMessageStartingWith("artifacts of this experiment lie in s3:")
        .hasMessageContaining("--artifacts-destination");
    assertThatThrownBy(() -> MlflowArtifacts.of(server, "/var/mlflow/1/run/artifacts"))
        .hasMessageStartingWith("artifacts of this experiment lie in a folder");
  }

  @Test
  void aRunThatAPersonHasDeletedIsBegunAnewWithAllItsEpochs() throws Exception {
    MlflowProcess mlflow = mlflow();
    List<RunState> states = epochs(2);
    MlflowTracker first = tracker(mlflow.address(), "other/small", states.get(0));
    first.evaluated(states.get(1));
    first.ended(result("Terminated", states.get(1)));
    mlflow.delete(runId());
    MlflowTracker second = tracker(mlflow.address(), "other/small", states.get(1));
    second.evaluated(states.get(2));
    second.ended(result(null, states.get(2)));

    JsonNode runs = read(mlflow.address(), "other");
    assertThat(runs).hasSize(1);
    assertThat(runs.at("/0/metrics/epoch").toString()).isEqualTo("[[10,1.0],[20,2.0]]");
  }

  @Test
  void aServerThatIsAwayHoldsNothingUp() throws IOException {
    String address;
    try (var gone = new SilentServer()) {
      address = gone.address();
    }
    List<RunState> states = epochs(1);
    MlflowTracker tracker = tracker(address, "a/b", states.get(0));
    tracker.evaluated(states.get(1));
    tracker.ended(result(null, states.get(1)));

    assertThat(folder.resolve("mlflow.json")).doesNotExist();
  }

  @Test
  void aServerThatNeverAnswersIsNotWaitedForWhileTheTrainingGoesOn() throws Exception {
    try (var silent = new SilentServer()) {
      List<RunState> states = epochs(1);
      MlflowTracker tracker = tracker(silent.address(), "a/b", states.get(0));
      silent.awaitRequest();
      for (int i = 0; i < 10_000; i++) {
        tracker.evaluated(states.get(1)); // each would take seconds
      }
      assertThat(silent.requests()).isEqualTo(1);
    }
  }

  @Test
  void aStopEndsTheWaitForAServerThatTakesNoModel() throws Exception {
    try (var silent = new SilentServer()) {
      List<RunState> states = epochs(1);
      MlflowTracker tracker = tracker(silent.address(), "a/b", states.get(0));
      silent.awaitRequest();
      patience = 1;
      tracker.ended(result(null, states.get(1)));
      assertThat(patience).as("after the second time it is not asked again").isEqualTo(-1);
    }
  }

  @Test
  void anAddressThatIsNoneIsRefusedByItsField() {
    assertThatThrownBy(() -> tracker("http://ml flow", "a/b", RunState.initial()))
        .isInstanceOf(TrainingFailure.class)
        .hasMessageContaining("spec.tracking.mlflow.trackingUri: http://ml flow is no address");
  }

  private MlflowTracker tracker(String address, String name, RunState start) throws IOException {
    RunConfiguration run =
        new ObjectMapper()
            .readValue(CONFIGURATION.formatted(name, address), RunConfiguration.class);
    var asked = requireNonNull(run.tracking()).mlflow();
    return new MlflowTracker(
        run, requireNonNull(asked), folder, start, List.of("all"), () -> patience-- > 0);
  }

  /**
   * The states after 0 to {@code count} epochs of ten steps; figures are the epoch's number / 7.
   */
  private static List<RunState> epochs(int count) {
    var states = new ArrayList<RunState>();
    RunState state = RunState.initial();
    states.add(state);
    for (int epoch = 1; epoch <= count; epoch++) {
      for (int step = 0; step < 10; step++) {
        state = state.stepped(8, 4, 8, new RunState.Lap(1, 0));
      }
      double figure = epoch / 7.0;
      var metrics = new Metrics(Metrics.Split.VALIDATION, epoch, figure, figure, figure, figure);
      var trained = new RunState.Evaluated(metrics, new RunState.Best(metrics, null));
      state = state.evaluated(trained, null, List.of(epoch / 10.0));
      states.add(state);
    }
    return states;
  }

  private static RunResult result(@Nullable String reason, RunState state) {
    boolean ended = reason == null;
    return RunResultBuilder.builder()
        .contractVersion(1)
        .runKey("k3y")
        .failure(reason == null ? null : new RunResult.Failure(reason, "it says so"))
        .epoch(state.epochs())
        .step(state.step())
        .test(ended ? new Metrics(Metrics.Split.TEST, 3, 0.875, 0.5, 0.8, 0.85) : null)
        .model(ended ? new SavedModel("model.safetensors", "abc") : null)
        .build();
  }

  /** One server for all tests: it takes its time to start. */
  private static MlflowProcess mlflow() throws Exception {
    Python.assumeHas("mlflow");
    if (server == null) {
      server = MlflowProcess.start(serverFolder);
    }
    return server;
  }

  private String runId() throws IOException {
    return new ObjectMapper()
        .readTree(folder.resolve("mlflow.json").toFile())
        .get("mlflowRunId")
        .asText();
  }

  private static JsonNode read(String address, String experiment) throws Exception {
    return new ObjectMapper().readTree(Python.run(READER, address, experiment));
  }
}
