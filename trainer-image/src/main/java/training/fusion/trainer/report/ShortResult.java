package training.fusion.trainer.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.api.run.RunResultBuilder;

/**
 * The result in few enough bytes for a termination message: figures rounded, a long failure message
 * cut, as many epochs as there is room for. Where there is still not room for all of it, first that
 * is left out which reports tell, too.
 */
public final class ShortResult {
  /** What a failure's message may take of it, so that the checkpoint has room. */
  private static final int LONGEST_MESSAGE = RunResult.MAXIMUM_BYTES * 6 / 10;

  /** In the order in which it is left out. */
  private static final List<String> LEFT_OUT =
      List.of(
          "classesWithoutPictures",
          "imagesPerSecond",
          "levelParameters",
          "validation",
          "best",
          "ema",
          "parameters",
          "swatsSwitchStep",
          "stoppedEarly",
          "pretrainedVariant",
          "skippedPictures",
          "checkpoint",
          "test",
          "model");

  private static final ObjectMapper JSON = new ObjectMapper();

  private ShortResult() {}

  /** JSON of at most {@link RunResult#MAXIMUM_BYTES} bytes. */
  public static String of(RunResult result) {
    List<HistoryPoint> history = result.history() == null ? List.of() : result.history();
    ObjectNode tree = rounded(result);
    for (int most = Math.min(ProgressReport.MOST_EPOCHS, history.size()); most > 0; most--) {
      tree.set("history", JSON.valueToTree(Rounded.history(history, most)));
      if (bytes(tree) <= RunResult.MAXIMUM_BYTES) {
        return tree.toString();
      }
    }
    tree.remove("history");
    Iterator<String> leftOut = LEFT_OUT.iterator();
    while (bytes(tree) > RunResult.MAXIMUM_BYTES) {
      tree.remove(leftOut.next());
    }
    return tree.toString();
  }

  /** Of how many images have their class among five, only the test is told; reports have all. */
  private static ObjectNode rounded(RunResult result) {
    ObjectNode tree = tree(result);
    for (String evaluation : List.of("/validation", "/best", "/ema/best", "/ema/test")) {
      if (tree.at(evaluation) instanceof ObjectNode figures) {
        figures.remove("top5Accuracy");
      }
    }
    return tree;
  }

  private static ObjectNode tree(RunResult result) {
    return JSON.valueToTree(
        RunResultBuilder.builder(result)
            .failure(shortened(result.failure()))
            .validation(Rounded.of(result.validation()))
            .best(Rounded.of(result.best()))
            .test(Rounded.of(result.test()))
            .imagesPerSecond(Rounded.speed(result.imagesPerSecond()))
            .history(null)
            .ema(Rounded.of(result.ema()))
            .classesWithoutPictures(
                result.classesWithoutPictures() == null
                    ? null
                    : result.classesWithoutPictures().counted())
            .build());
  }

  private static RunResult.@Nullable Failure shortened(RunResult.@Nullable Failure failure) {
    if (failure == null) {
      return null;
    }
    String message = failure.message();
    int end = Math.min(message.length(), LONGEST_MESSAGE);
    String shorter = end == message.length() ? message : message.substring(0, end) + "…";
    while (bytes(TextNode.valueOf(shorter)) > LONGEST_MESSAGE) {
      end = message.offsetByCodePoints(end, -1);
      shorter = message.substring(0, end) + "…";
    }
    return new RunResult.Failure(failure.reason(), shorter);
  }

  private static int bytes(JsonNode tree) {
    return tree.toString().getBytes(StandardCharsets.UTF_8).length;
  }
}
