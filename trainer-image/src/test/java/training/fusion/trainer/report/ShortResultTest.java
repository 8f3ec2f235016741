package training.fusion.trainer.report;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Pretrained;
import training.fusion.api.run.AveragedWeights;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ParameterCounts;
import training.fusion.api.run.RunResult;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.api.run.RunResultBuilder;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.api.run.SavedModel;
import training.fusion.api.run.StoppedEarly;

@DisplayName("The short result")
class ShortResultTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 39, 40, 41, 1000, 100_000})
  @DisplayName("of an ordinary training has all but the epochs, of which it has some")
  void ordinary(int epochs) throws JsonProcessingException {
    RunResult whole = ordinary(epochs, null);

    RunResult read = read(whole);

    List<HistoryPoint> history = requireNonNull(read.history());
    assertThat(history.get(history.size() - 1).epoch()).isEqualTo(epochs);
    assertThat(history.stream().map(HistoryPoint::epoch)).isSorted().doesNotHaveDuplicates();
    assertThat(history).hasSizeGreaterThanOrEqualTo(Math.min(2, epochs));
    assertThat(read.test())
        .isEqualTo(
            new Metrics(
                Metrics.Split.VALIDATION,
                epochs,
                0.333333,
                66.6667,
                0.285714,
                1.42857e-6,
                0.428571));
    assertThat(read.best())
        .isEqualTo(
            new Metrics(Metrics.Split.VALIDATION, epochs, 0.333333, 66.6667, 0.285714, 1.42857e-6));
    assertThat(read.validation()).isEqualTo(read.best());
    assertThat(read.checkpoint()).isEqualTo(whole.checkpoint());
    assertThat(read.model()).isEqualTo(whole.model());
    assertThat(read.parameters()).isEqualTo(whole.parameters());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 100_000})
  @DisplayName("of a training that has everything lacks first what reports tell, too")
  void fullest(int epochs) throws JsonProcessingException {
    RunResult whole = fullest(epochs, null);

    RunResult read = read(whole);

    assertThat(read.history()).isNull();
    assertThat(read.validation()).isNull();
    assertThat(read.best()).isNull();
    assertThat(read.test()).isEqualTo(Rounded.of(whole.test()));
    assertThat(read.model()).isEqualTo(whole.model());
    assertThat(read.checkpoint()).isEqualTo(whole.checkpoint());
    assertThat(read.stoppedEarly()).isEqualTo(whole.stoppedEarly());
    assertThat(read.swatsSwitchStep()).isEqualTo(whole.swatsSwitchStep());
    assertThat(read.pretrainedVariant()).isEqualTo(whole.pretrainedVariant());
    assertThat(read.skippedPictures()).isEqualTo(whole.skippedPictures());
  }

  @Test
  @DisplayName("of a training in as many levels as a network has blocks has the parameters of each")
  void levels() throws JsonProcessingException {
    List<Long> parameters = Collections.nCopies(24, 12_596_224L);
    RunResult whole =
        RunResultBuilder.builder(ordinary(10, null))
            .parameters(null)
            .levelParameters(parameters)
            .build();

    assertThat(read(whole).levelParameters()).isEqualTo(parameters);
    assertThat(requireNonNull(read(whole).history())).isNotEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "ä", "\"", "\n", "→", "😀", "\u0000"})
  @DisplayName("of a failure has its words, cut at a character, and the checkpoint")
  void failure(String character) throws JsonProcessingException {
    for (int length : new int[] {1, 50, 599, 614, 615, 5000, 1_000_000}) {
      var failure = new RunResult.Failure("Internal", character.repeat(length));
      for (RunResult whole : List.of(ordinary(100, failure), fullest(100, failure))) {
        RunResult read = read(whole);
        assertThat(read.checkpoint()).isEqualTo(whole.checkpoint());
        RunResult.Failure told = requireNonNull(read.failure());
        assertThat(told.reason()).isEqualTo("Internal");
        if (told.message().length() < failure.message().length()) {
          assertThat(told.message().replace(character, "")).isEqualTo("…");
          assertThat(told.message().length()).isGreaterThan(100 * character.length());
        } else {
          assertThat(told.message()).isEqualTo(failure.message());
        }
      }
    }
  }

  private static RunResult read(RunResult whole) throws JsonProcessingException {
    String text = ShortResult.of(whole);
    assertThat(text.getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(1024);
    return JSON.readValue(text, RunResult.class);
  }

  private static RunResult ordinary(int epochs, RunResult.@Nullable Failure failure) {
    return RunResultBuilder.builder(fullest(epochs, failure))
        .runKey("0123456789")
        .step(5000)
        .checkpoint(new SavedCheckpoint(epochs, 5000, "checkpoint-" + epochs + "-5000"))
        .parameters(new ParameterCounts(5_400_000, 14_700_000))
        .levelParameters(null)
        .ema(null)
        .stoppedEarly(null)
        .swatsSwitchStep(null)
        .pretrainedVariant(null)
        .skippedPictures(null)
        .classesWithoutPictures(null)
        .build();
  }

  private static RunResult fullest(int epochs, RunResult.@Nullable Failure failure) {
    double accuracy = 1 / 7.0;
    List<HistoryPoint> history =
        IntStream.rangeClosed(1, epochs)
            .mapToObj(e -> new HistoryPoint(e, 12.3 / 7, accuracy, 1 / 3.0, accuracy / 3))
            .toList();
    return new RunResult(
        1,
        "0123456789abcdef",
        failure,
        epochs,
        9_007_199_254_740_991L,
        metrics(epochs),
        metrics(epochs),
        failure == null ? metrics(epochs) : null,
        new SavedCheckpoint(epochs, 9_007_199_254_740_991L, "checkpoint-100000-9007199254740991"),
        failure == null ? new SavedModel("model.safetensors", "0".repeat(64)) : null,
        1 / 3.0,
        history,
        new ParameterCounts(9_007_199_254_740_991L, 9_007_199_254_740_991L),
        Collections.nCopies(32, 9_007_199_254_740_991L),
        new AveragedWeights(
            metrics(epochs),
            metrics(epochs),
            new SavedModel("model-ema.safetensors", "0".repeat(64))),
        new StoppedEarly(epochs, epochs),
        9_007_199_254_740_991L,
        Pretrained.Variant.TORCHVISION,
        Integer.MAX_VALUE,
        new ClassesWithoutPictures(untrained(), untrained(), untrained()));
  }

  private static ClassesWithoutPictures.Listed untrained() {
    return new ClassesWithoutPictures.Listed(
        Integer.MAX_VALUE, Collections.nCopies(ClassesWithoutPictures.MOST_NAMED, "ü".repeat(63)));
  }

  private static Metrics metrics(int epoch) {
    return new Metrics(
        Metrics.Split.VALIDATION, epoch, 1 / 3.0, 200 / 3.0, 2 / 7.0, 1e-5 / 7, 3 / 7.0);
  }
}
