package training.fusion.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.api.run.SavedCheckpoint;

class ReportFormatTest {
  private static final String REPORT =
      """
      {"contractVersion":1,"sequence":4,"epoch":2,"epochs":3,"step":140,"steps":375,\
      "imagesPerSecond":91.5,"remainingSeconds":60,\
      "metrics":{"split":"Validation","epoch":1,"accuracy":0.5,"loss":1.2,"f1":0.48},\
      "checkpoint":{"epoch":1,"step":125,"path":"checkpoint-1-125"}}\
      """;

  @Test
  void whatATrainerWritesIsRead() throws Exception {
    var metrics = new Metrics(Metrics.Split.VALIDATION, 1, 0.5, 1.2, 0.48, 0.49);
    var report =
        new ProgressReport(
            1,
            4,
            2,
            3,
            140,
            375,
            91.5,
            60L,
            metrics,
            metrics,
            new SavedCheckpoint(1, 125, "c"),
            9L,
            List.of(
                new HistoryPoint(1, 1.9, 0.5, 1.2, 0.48),
                new HistoryPoint(2, 1.5, null, null, null)),
            new ClassesWithoutPictures(
                new ClassesWithoutPictures.Listed(5000, List.of("n1", "n2")), null, null),
            null);
    byte[] body = new ObjectMapper().writeValueAsBytes(report);
    assertThat(ReportFormat.read(body)).isEqualTo(report);
  }

  @Test
  void aFieldOfANewerTrainerIsPassedOver() throws Exception {
    String newer = REPORT.replace("{\"contractVersion\":1", "{\"contractVersion\":1,\"new\":[1]");
    assertThat(ReportFormat.read(bytes(newer)).step()).isEqualTo(140);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"accuracy\":0.5 | \"accuracy\":NaN        | the body is not JSON",
        "\"accuracy\":0.5 | \"accuracy\":\"NaN\"    | metrics.accuracy",
        "\"accuracy\":0.5 | \"accuracy\":1e999      | metrics.accuracy",
        "\"accuracy\":0.5 | \"accuracy\":1.01       | metrics.accuracy",
        "\"accuracy\":0.5 | \"accuracy\":-0.1       | metrics.accuracy",
        "\"accuracy\":0.5 | \"accuracy\":\"0.5\"    | metrics.accuracy",
        "\"accuracy\":0.5 | \"other\":1             | metrics.accuracy",
        "\"loss\":1.2     | \"loss\":1e999          | metrics.loss",
        "\"split\":\"Validation\" | \"split\":\"Train\" | metrics.split",
        "\"sequence\":4   | \"sequence\":0          | sequence",
        "\"sequence\":4   | \"sequence\":null       | sequence",
        "\"sequence\":4   | \"sequence\":1.5        | sequence",
        "\"epoch\":2      | \"epoch\":4             | epoch",
        "\"step\":140     | \"step\":376            | step",
        "\"steps\":375    | \"steps\":0             | steps",
        "\"imagesPerSecond\":91.5 | \"imagesPerSecond\":-1 | imagesPerSecond",
        "\"remainingSeconds\":60 | \"remainingSeconds\":99999999999 | remainingSeconds",
        "\"contractVersion\":1 | \"contractVersion\":2 | contractVersion",
        "\"path\":\"checkpoint-1-125\" | \"other\":1  | checkpoint.path",
        "\"path\":\"checkpoint | \"path\":\"LONG | checkpoint.path: has to be a text of at most 512"
            + " characters",
        "\"epoch\":1,\"step\":125 | \"epoch\":-1,\"step\":125 | checkpoint.epoch",
        "\"remainingSeconds\":60 | \"resumedFromStep\":-1 | resumedFromStep",
        "\"remainingSeconds\":60 | \"history\":[{\"epoch\":1}] | history[0].trainLoss",
      })
  void whatCannotBeTrueIsRefusedByName(String field, String instead, String named) {
    String report = REPORT.replace(field, instead.replace("LONG", "x".repeat(600)));
    assertThat(report).isNotEqualTo(REPORT);
    assertThatThrownBy(() -> ReportFormat.read(bytes(report)))
        .isInstanceOf(ReportFormat.Malformed.class)
        .hasMessageContaining(named)
        .hasMessageNotContainingAny("\n", "`", "java");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "[]", "{", "{}", "42", "{} {}", "\"report\""})
  void whatIsNoReportIsRefused(String body) {
    assertThatThrownBy(() -> ReportFormat.read(bytes(body)))
        .isInstanceOf(ReportFormat.Malformed.class);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
