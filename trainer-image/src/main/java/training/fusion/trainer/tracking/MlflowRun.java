package training.fusion.trainer.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Tracking.Mlflow;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.checkpoint.HistoryRow;
import training.fusion.trainer.checkpoint.JsonFile;
import training.fusion.trainer.http.Address;

/**
 * A run on an MLflow server. Its id is kept in {@code mlflow.json} of the run's folder, so that the
 * next attempt goes on with it; an epoch that the server has is not told again.
 */
final class MlflowRun {
  static final String FILE = "mlflow.json";

  /** Rows of one request: MLflow takes up to 1,000 metrics. */
  private static final int ROWS = 50;

  private final MlflowServer server;
  private final String id;
  private final InstantSource clock;
  private boolean described;
  private int epochs;

  /** The content of {@link #FILE}. */
  record Kept(String trackingUri, String experiment, String runKey, String mlflowRunId) {}

  /**
   * @param described whether the server has the run's parameters
   * @param epochs that it has
   */
  private MlflowRun(
      MlflowServer server, String id, InstantSource clock, boolean described, int epochs) {
    this.server = server;
    this.id = id;
    this.clock = clock;
    this.described = described;
    this.epochs = epochs;
  }

  /** Goes on with the run that an earlier attempt has made, or makes one. */
  static MlflowRun open(
      MlflowServer server, RunConfiguration run, Mlflow asked, Path folder, InstantSource clock)
      throws IOException, InterruptedException {
    String experiment = experiment(run, asked);
    String address = Address.shown(asked.trackingUri());
    Path file = folder.resolve(FILE);
    Kept kept = JsonFile.readOrPassOver(file, Kept.class).orElse(null);
    if (kept != null
        && kept.equals(new Kept(address, experiment, run.runKey(), kept.mlflowRunId))) {
      MlflowRun earlier = goOn(server, kept.mlflowRunId, clock);
      if (earlier != null) {
        return earlier;
      }
    }
    String id = create(server, experimentId(server, experiment), run, folder, clock);
    JsonFile.write(file, new Kept(address, experiment, run.runKey(), id));
    return new MlflowRun(server, id, clock, false, 0);
  }

  /** The one asked for, or the training's namespace. */
  private static String experiment(RunConfiguration run, Mlflow asked) {
    return asked.experiment() != null ? asked.experiment() : run.name().replaceFirst("/.*", "");
  }

  private static @Nullable MlflowRun goOn(MlflowServer server, String id, InstantSource clock)
      throws IOException, InterruptedException {
    try {
      JsonNode run = server.get("runs/get", "run_id", id).path("run");
      if (!run.at("/info/lifecycle_stage").asText().equals("active")) {
        return null; // a person has deleted it
      }
      int epochs = 0;
      for (JsonNode metric : run.at("/data/metrics")) {
        if (metric.path("key").asText().equals(MlflowFigures.EPOCH)) {
          epochs = metric.path("value").asInt();
        }
      }
      for (JsonNode tag : run.at("/data/tags")) {
        if (tag.path("key").asText().equals(MlflowFigures.FAILURE)) {
          server.post("runs/delete-tag", Map.of("run_id", id, "key", MlflowFigures.FAILURE));
        }
      }
      server.post("runs/update", Map.of("run_id", id, "status", "RUNNING"));
      return new MlflowRun(server, id, clock, !run.at("/data/params").isEmpty(), epochs);
    } catch (MlflowRefusal e) {
      if (e.isMissing()) {
        return null;
      }
      throw e;
    }
  }

  static String experimentId(MlflowServer server, String name)
      throws IOException, InterruptedException {
    try {
      return experimentByName(server, name);
    } catch (MlflowRefusal e) {
      if (!e.isMissing()) {
        throw e;
      }
    }
    try {
      return server.post("experiments/create", Map.of("name", name)).path("experiment_id").asText();
    } catch (MlflowRefusal e) {
      if (!e.isThere()) {
        throw e;
      }
      return experimentByName(server, name); // another training was faster
    }
  }

  private static String experimentByName(MlflowServer server, String name)
      throws IOException, InterruptedException {
    JsonNode experiment =
        server.get("experiments/get-by-name", "experiment_name", name).path("experiment");
    String id = experiment.path("experiment_id").asText();
    if (experiment.path("lifecycle_stage").asText().equals("deleted")) {
      throw MlflowRefusal.deletedExperiment(name, id);
    }
    return id;
  }

  private static String create(
      MlflowServer server,
      String experimentId,
      RunConfiguration run,
      Path folder,
      InstantSource clock)
      throws IOException, InterruptedException {
    return server
        .post(
            "runs/create",
            Map.of(
                "experiment_id",
                experimentId,
                "run_name",
                run.shortName(),
                "start_time",
                clock.millis(),
                "tags",
                MlflowFigures.tags(run, folder)))
        .at("/run/info/run_id")
        .asText();
  }

  /**
   * Tells the parameters and the epochs that the server does not have yet.
   *
   * @param groups names, in the order of a row's learning rates
   */
  void tell(RunConfiguration run, List<HistoryRow> history, List<String> groups)
      throws IOException, InterruptedException {
    if (!described) {
      for (List<Map<String, String>> params : MlflowFigures.parameters(run)) {
        server.post("runs/log-batch", Map.of("run_id", id, "params", params));
      }
      described = true;
    }
    while (epochs < history.size()) {
      int end = Math.min(history.size(), epochs + ROWS);
      var metrics = new ArrayList<Map<String, Object>>();
      for (HistoryRow row : history.subList(epochs, end)) {
        metrics.addAll(MlflowFigures.metrics(row, groups, clock.millis()));
      }
      server.post("runs/log-batch", Map.of("run_id", id, "metrics", metrics));
      epochs = end;
    }
  }

  /** Sends the run's results to its artifacts. */
  void sendArtifacts(Path folder) throws IOException, InterruptedException {
    String uri = server.get("runs/get", "run_id", id).at("/run/info/artifact_uri").asText();
    MlflowArtifacts.of(server, uri).send(folder);
  }

  /** Tells how an attempt ended. One that was stopped to go on later leaves the run running. */
  void end(RunResult result) throws IOException, InterruptedException {
    RunResult.Failure failure = result.failure();
    if (result.hasStopped()) {
      return;
    }
    server.post(
        "runs/log-batch",
        Map.of(
            "run_id",
            id,
            "metrics",
            MlflowFigures.finalMetrics(result, clock.millis()),
            "tags",
            MlflowFigures.finalTags(result)));
    server.post(
        "runs/update",
        Map.of(
            "run_id",
            id,
            "status",
            failure == null ? "FINISHED" : "FAILED",
            "end_time",
            clock.millis()));
  }
}
