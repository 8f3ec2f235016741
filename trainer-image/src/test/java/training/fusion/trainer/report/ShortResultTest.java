package training.fusion.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Pretrained;
import training.fusion.api.run.AveragedWeights;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ParameterCounts;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.api.run.SavedModel;
import training.fusion.api.run.StoppedEarly;

@DisplayName("The short result")
class ShortResultTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 39, 40, 41, 1000, 100_000})
  void fitsHoweverLongTheHistoryAndKeepsItsLastPoint(int epochs) throws JsonProcessingException {
    String text = ShortResult.of(result(epochs, null));
    RunResult read = JSON.readValue(text, RunResult.class);

    assertThat(text.getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(RunResult.MAXIMUM_BYTES);
    List<RunResult.HistoryPoint> history = read.history();
    assertThat(history).hasSizeLessThanOrEqualTo(40).isNotEmpty();
    if (history != null) {
      assertThat(history.get(history.size() - 1).epoch()).isEqualTo(epochs);
      assertThat(history.get(0).epoch()).isEqualTo(1);
      assertThat(history.stream().map(RunResult.HistoryPoint::epoch))
          .isSorted()
          .doesNotHaveDuplicates();
    }
    RunResult whole = result(epochs, null);
    assertThat(read.test())
        .isEqualTo(
            new Metrics(Metrics.Split.VALIDATION, epochs, 0.333333, 66.6667, 0.285714, 1.42857e-6));
    assertThat(read.parameters()).isEqualTo(whole.parameters());
    assertThat(read.ema()).isEqualTo(Rounded.of(whole.ema()));
    assertThat(read.stoppedEarly()).isEqualTo(whole.stoppedEarly());
    assertThat(read.swatsSwitchStep()).isEqualTo(whole.swatsSwitchStep());
    assertThat(read.pretrainedVariant()).isEqualTo(whole.pretrainedVariant());
  }

  @Test
  void keepsAShortHistoryWhole() throws JsonProcessingException {
    RunResult read = JSON.readValue(ShortResult.of(result(20, null)), RunResult.class);
    assertThat(read.history()).hasSize(20);
  }

  @Test
  void cutsAFailureMessageThatIsTooLong() throws JsonProcessingException {
    var failure = new RunResult.Failure("Internal", "ä\"\n".repeat(5000));
    String text = ShortResult.of(result(100, failure));

    assertThat(text.getBytes(StandardCharsets.UTF_8).length)
        .isLessThanOrEqualTo(RunResult.MAXIMUM_BYTES);
    RunResult.Failure read = JSON.readValue(text, RunResult.class).failure();
    assertThat(read).isNotNull();
    if (read != null) {
      assertThat(read.reason()).isEqualTo("Internal");
      assertThat(read.message()).startsWith("ä\"\nä\"\n").endsWith("…");
    }
  }

  private static RunResult result(int epochs, RunResult.@Nullable Failure failure) {
    double accuracy = 1 / 7.0;
    List<RunResult.HistoryPoint> history =
        IntStream.rangeClosed(1, epochs)
            .mapToObj(e -> new RunResult.HistoryPoint(e, 12.3 / 7, accuracy, 1 / 3.0, accuracy / 3))
            .toList();
    return new RunResult(
        1,
        "0123456789abcdef",
        failure,
        epochs,
        9_007_199_254_740_991L,
        metrics(epochs),
        metrics(epochs),
        metrics(epochs),
        new SavedCheckpoint(epochs, 9_007_199_254_740_991L, "checkpoint-100000-9007199254740991"),
        new SavedModel("model.safetensors", "0".repeat(64)),
        1 / 3.0,
        history,
        new ParameterCounts(9_007_199_254_740_991L, 9_007_199_254_740_991L),
        new AveragedWeights(
            metrics(epochs),
            metrics(epochs),
            new SavedModel("model-ema.safetensors", "0".repeat(64))),
        new StoppedEarly(epochs, epochs),
        9_007_199_254_740_991L,
        Pretrained.Variant.TORCHVISION,
        Integer.MAX_VALUE);
  }

  private static Metrics metrics(int epoch) {
    return new Metrics(Metrics.Split.VALIDATION, epoch, 1 / 3.0, 200 / 3.0, 2 / 7.0, 1e-5 / 7);
  }
}
