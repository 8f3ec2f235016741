package training.fusion.trainer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunResult;

/**
 * The result in few enough bytes for a termination message: figures rounded, the history thinned,
 * then, if that is not enough, a long failure message cut.
 */
public final class ShortResult {
  private static final int MOST_POINTS = 40;
  private static final ObjectMapper JSON = new ObjectMapper();

  private ShortResult() {}

  /** JSON of at most {@link RunResult#MAXIMUM_BYTES} bytes. */
  public static String of(RunResult result) {
    List<RunResult.HistoryPoint> history = result.history() == null ? List.of() : result.history();
    for (int points = Math.min(MOST_POINTS, history.size()); points >= 0; points--) {
      String text = toJson(with(result, result.failure(), thinned(history, points)));
      if (fits(text)) {
        return text;
      }
    }
    RunResult.Failure failure = result.failure();
    if (failure == null) {
      throw new IllegalArgumentException("a result without history and failure is too long");
    }
    String message = failure.message();
    while (true) {
      message = message.substring(0, message.length() / 2);
      var shorter = new RunResult.Failure(failure.reason(), message + "…");
      String text = toJson(with(result, shorter, List.of()));
      if (fits(text)) {
        return text;
      }
    }
  }

  private static boolean fits(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length <= RunResult.MAXIMUM_BYTES;
  }

  /** Evenly spaced points; the last one is always there, the first one if there are two. */
  static List<RunResult.HistoryPoint> thinned(List<RunResult.HistoryPoint> history, int points) {
    var chosen = new ArrayList<RunResult.HistoryPoint>(points);
    int last = history.size() - 1;
    for (int i = 0; i < points; i++) {
      int index = points == 1 ? last : (int) ((long) i * last / (points - 1));
      chosen.add(Rounded.of(history.get(index)));
    }
    return chosen;
  }

  private static RunResult with(
      RunResult result, RunResult.@Nullable Failure failure, List<RunResult.HistoryPoint> history) {
    return new RunResult(
        result.contractVersion(),
        result.runKey(),
        failure,
        result.epoch(),
        result.step(),
        Rounded.of(result.validation()),
        Rounded.of(result.best()),
        Rounded.of(result.test()),
        result.checkpoint(),
        result.model(),
        result.imagesPerSecond(),
        history.isEmpty() ? null : history,
        result.parameters(),
        Rounded.of(result.ema()),
        result.stoppedEarly(),
        result.swatsSwitchStep(),
        result.pretrainedVariant(),
        result.skippedPictures());
  }

  private static String toJson(RunResult result) {
    try {
      return JSON.writeValueAsString(result);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
