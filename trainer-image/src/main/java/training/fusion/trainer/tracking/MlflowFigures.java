package training.fusion.trainer.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.checkpoint.HistoryRow;
import training.fusion.trainer.report.ConfigurationText;
import training.fusion.trainer.report.RunDescription;
import training.fusion.trainer.report.Software;

/** A run in MLflow's words: parameters, metrics and tags. Metrics are named as in TensorBoard. */
final class MlflowFigures {
  /** The metric that counts epochs. */
  static final String EPOCH = "epoch";

  /** The tag that tells why the newest attempt failed. */
  static final String FAILURE = "fusion.failure";

  /** Parameters of one request. */
  private static final int MOST_PARAMETERS = 100;

  /** Characters of a parameter's value, in every version of the server. */
  private static final int LONGEST_PARAMETER = 500;

  /** Characters of a tag's value. */
  private static final int LONGEST_TAG = 5000;

  private MlflowFigures() {}

  /** The configuration as the spec's field paths, in lists that a request may have. */
  static List<List<Map<String, String>>> parameters(RunConfiguration run) {
    var all = new ArrayList<Map<String, String>>();
    JsonNode json = ConfigurationText.tree(run);
    for (String part : List.of("model", "dataset", "optimization", "training", "checkpoint")) {
      flatten(part, json.path(part), all);
    }
    var lists = new ArrayList<List<Map<String, String>>>();
    for (int from = 0; from < all.size(); from += MOST_PARAMETERS) {
      lists.add(all.subList(from, Math.min(all.size(), from + MOST_PARAMETERS)));
    }
    return lists;
  }

  private static void flatten(String path, JsonNode value, List<Map<String, String>> into) {
    if (value.isObject()) {
      value.properties().forEach(f -> flatten(path + "." + f.getKey(), f.getValue(), into));
    } else if (!value.isMissingNode()) {
      String text = value.isArray() ? value.toString() : value.asText();
      into.add(entry(path, cut(text, LONGEST_PARAMETER)));
    }
  }

  /** What a run is, and what it runs on; the description says which blocks are updated how. */
  static List<Map<String, String>> tags(RunConfiguration run, Path folder) {
    var tags = new ArrayList<Map<String, String>>();
    tags.add(entry("mlflow.source.name", "fusion-training"));
    tags.add(entry("mlflow.source.type", "JOB"));
    tags.add(entry("fusion.training", run.name()));
    tags.add(entry("fusion.run_key", run.runKey()));
    tags.add(entry("fusion.version", Software.ofThisProcess().trainer()));
    RunDescription.read(folder)
        .ifPresent(
            description -> {
              tags.add(entry("mlflow.note.content", description.optimization()));
              tags.add(entry("fusion.device", description.device()));
            });
    return tags;
  }

  /**
   * An epoch's figures; its number is the last, so that it is there only if all are.
   *
   * @param groups names, in the order of the row's learning rates
   */
  static List<Map<String, Object>> metrics(HistoryRow row, List<String> groups, long time) {
    var into = new Timed(new ArrayList<>(), row.step(), time);
    Metrics metrics = row.evaluation();
    String part = metrics.split().name().toLowerCase(Locale.ROOT);
    into.add("loss/train", row.trainLoss());
    into.add("accuracy/train", row.trainAccuracy());
    into.add(part, metrics);
    if (row.ema() != null) {
      into.add(part + "_ema", row.ema());
    }
    for (int group = 0; group < groups.size(); group++) {
      into.add("learning_rate/" + groups.get(group), row.learningRates().get(group));
    }
    into.add("speed/images_per_second", row.imagesPerSecond());
    into.add(EPOCH, row.epoch());
    return into.metrics;
  }

  /** The model's figures on the test images, and its average's, if there are any. */
  static List<Map<String, Object>> finalMetrics(RunResult result, long time) {
    var into = new Timed(new ArrayList<>(), result.step(), time);
    if (result.test() != null) {
      into.add("test_of_model", result.test());
    }
    if (result.ema() != null && result.ema().test() != null) {
      into.add("test_of_model_ema", result.ema().test());
    }
    return into.metrics;
  }

  /** The model, or what went wrong. */
  static List<Map<String, String>> finalTags(RunResult result) {
    var tags = new ArrayList<Map<String, String>>();
    if (result.model() != null) {
      tags.add(entry("fusion.model_sha256", result.model().sha256()));
    }
    RunResult.Failure failure = result.failure();
    if (failure != null) {
      tags.add(entry(FAILURE, cut(failure.reason() + ": " + failure.message(), LONGEST_TAG)));
    }
    return tags;
  }

  /** Metrics of one step. */
  private record Timed(List<Map<String, Object>> metrics, long step, long time) {
    void add(String of, Metrics evaluation) {
      add("loss/" + of, evaluation.loss());
      add("accuracy/" + of, evaluation.accuracy());
      add("f1/" + of, evaluation.f1());
      if (evaluation.weightedF1() != null) {
        add("weighted_f1/" + of, evaluation.weightedF1());
      }
      if (evaluation.top5Accuracy() != null) {
        add("top5_accuracy/" + of, evaluation.top5Accuracy());
      }
    }

    void add(String key, double value) {
      metrics.add(Map.of("key", key, "value", value, "timestamp", time, "step", step));
    }
  }

  private static Map<String, String> entry(String key, String value) {
    return Map.of("key", key, "value", value);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
