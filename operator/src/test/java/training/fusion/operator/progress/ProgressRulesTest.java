package training.fusion.operator.progress;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import training.fusion.api.run.ClassesWithoutPictures;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.ProgressReport;
import training.fusion.api.run.RunResult.HistoryPoint;
import training.fusion.api.run.SavedCheckpoint;
import training.fusion.operator.job.TrainerPod;
import training.fusion.operator.status.Scene;

class ProgressRulesTest {
  private static final Duration INTERVAL = Duration.ofSeconds(10);
  private static final String REPORTED =
      "progress: {podUid: uid-of-a, jobUid: job-1, sequence: 3, step: 30, lastReportTime:"
          + " '2026-01-01T12:00:00Z'}";
  private static final ClassesWithoutPictures UNTRAINED =
      new ClassesWithoutPictures(
          new ClassesWithoutPictures.Listed(5000, List.of("n1", "n2")), null, null);
  private static final Metrics EVALUATION =
      new Metrics(Metrics.Split.VALIDATION, 1, 0.5, 1.2, 0.48, null);

  @Test
  void theFirstReportOfAPodIsWritten() {
    assertThat(reason(running(), report(1, null))).isEmpty();
  }

  @Test
  void aReportThatComesAfterTheIntervalIsWritten() {
    Scene scene = running().status(REPORTED);
    assertThat(reason(scene.after(Duration.ofSeconds(10)), report(4, null))).isEmpty();
  }

  @Test
  void aReportWithinTheIntervalIsTakenAndNotWritten() {
    Scene scene = running().status(REPORTED).after(Duration.ofSeconds(9));
    assertThat(reason(scene, report(4, null))).map(Answer::code).hasValue(202);
  }

  @Test
  void aNewEvaluationIsWrittenAtOnce() {
    Scene scene = running().status(REPORTED).after(Duration.ofSeconds(1));
    assertThat(reason(scene, report(4, EVALUATION))).isEmpty();
  }

  @Test
  void theLastStepIsWrittenAtOnce() {
    Scene scene = running().status(REPORTED).after(Duration.ofSeconds(1));
    var last =
        new ProgressReport(
            1, 4, 3, 3, 375, 375, null, null, null, null, null, null, null, null, null);
    assertThat(reason(scene, last)).isEmpty();
    scene.status("progress: {step: 375}");
    assertThat(reason(scene, last)).map(Answer::code).hasValue(202);
  }

  @Test
  void theSameEvaluationAgainHasToWait() {
    Scene scene =
        running()
            .status(REPORTED)
            .status(
                "progress: {metrics: {split: Validation, epoch: 1, accuracy: 0.5, loss: 1.2, f1:"
                    + " 0.48}}")
            .after(Duration.ofSeconds(1));
    assertThat(reason(scene, report(4, EVALUATION))).map(Answer::code).hasValue(202);
  }

  @Test
  void anOlderOrRepeatedReportIsStale() {
    Scene scene = running().status(REPORTED).after(Duration.ofMinutes(1));
    assertThat(reason(scene, report(3, null))).map(Answer::code).hasValue(409);
    assertThat(reason(scene, report(2, EVALUATION))).map(Answer::code).hasValue(409);
  }

  @Test
  void theNextPodCountsFromOneAgain() {
    Scene scene =
        running()
            .status(REPORTED)
            .podStatus(Scene.ended(70, ""))
            .after(Duration.ofSeconds(5))
            .pod("b", Scene.running());
    assertThat(reason(scene, report(1, null))).isEmpty();
  }

  @Test
  void anEarlierPodIsStale() {
    Scene scene = running();
    TrainerPod first = scene.observation().newestPod().orElseThrow();
    scene.after(Duration.ofSeconds(5)).pod("b", Scene.running());
    assertThat(ProgressRules.reason(scene.observation(), first, report(9, null), INTERVAL))
        .map(Answer::code)
        .hasValue(409);
  }

  @Test
  void aPodOfAnEarlierJobIsStale() {
    Scene scene = running();
    TrainerPod first = scene.observation().newestPod().orElseThrow();
    scene.after(Duration.ofSeconds(5)).job(2);
    assertThat(ProgressRules.reason(scene.observation(), first, report(9, null), INTERVAL))
        .map(Answer::code)
        .hasValue(409);
  }

  @Test
  void aPodThatHasEndedIsStale() {
    Scene scene = running().podStatus(Scene.ended(0, ""));
    assertThat(reason(scene, report(1, null))).map(Answer::code).hasValue(409);
  }

  @Test
  void afterTheEndEverythingIsStale() {
    Scene scene = running();
    scene.podStatus(Scene.ended(0, scene.result())).recorded().podStatus(Scene.running());
    assertThat(reason(scene, report(1, null))).map(Answer::code).hasValue(409);
  }

  @Test
  void aReportBecomesProgress() {
    Scene scene = running().after(Duration.ofMillis(1500));
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
            EVALUATION,
            EVALUATION,
            new SavedCheckpoint(1, 125, "checkpoint-1-125"),
            125L,
            List.of(new HistoryPoint(1, 1.5, 0.5, 1.2, 0.48)),
            UNTRAINED,
            null);
    var pod = scene.observation().newestPod().orElseThrow();
    var progress = ProgressRules.after(scene.observation(), pod, report);
    assertThat(progress.percent()).isEqualTo(37);
    assertThat(progress.lastReportTime()).isEqualTo("2026-01-01T12:00:01.500Z");
    assertThat(progress.estimatedCompletionTime()).isEqualTo("2026-01-01T12:01:01Z");
    assertThat(progress.podUid()).isEqualTo("uid-of-a");
    assertThat(progress.jobUid()).isEqualTo("job-1");
    assertThat(progress.sequence()).isEqualTo(4);
    assertThat(progress.resumedFromStep()).isEqualTo(125);
    assertThat(progress.metrics()).isEqualTo(EVALUATION);
    assertThat(progress.checkpoint()).isEqualTo(report.checkpoint());
    assertThat(progress.history()).isEqualTo(report.history());
    assertThat(progress.classesWithoutPictures()).isEqualTo(UNTRAINED);
  }

  private static Scene running() {
    return Scene.ofTraining().job(1).pod("a", Scene.running());
  }

  private static ProgressReport report(long sequence, @Nullable Metrics metrics) {
    return new ProgressReport(
        1, sequence, 1, 3, 40, 375, null, null, metrics, null, null, null, null, null, null);
  }

  private static Optional<Answer> reason(Scene scene, ProgressReport report) {
    var seen = scene.observation();
    return ProgressRules.reason(seen, seen.newestPod().orElseThrow(), report, INTERVAL);
  }
}
