package training.fusion.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class AnnouncementTest {
  @Test
  void aLifeIsToldInAFewWords() {
    Scene scene = Scene.ofTraining().job(1);
    assertThat(told(scene)).isEmpty();
    assertThat(told(scene.pod("a", Scene.unscheduled()))).containsExactly("Warning/Unschedulable");
    assertThat(told(scene.podStatus(Scene.running()))).containsExactly("Normal/Running");
    assertThat(told(scene.podStatus(Scene.ended(70, "")))).containsExactly("Warning/PodFailed");
    assertThat(told(scene.pod("b", Scene.running()))).containsExactly("Normal/Running");
    scene.status(
        "progress: {podUid: uid-of-b, jobUid: job-1, sequence: 1, lastReportTime: '2026-01-01T12:00:00Z'}");
    assertThat(told(scene)).as("it runs as before").isEmpty();
    assertThat(told(scene.after(Duration.ofMinutes(2)))).containsExactly("Warning/Silent");
    assertThat(told(scene.podStatus(Scene.ended(0, scene.result()))))
        .containsExactly("Normal/Succeeded");
    assertThat(told(scene.withoutPods())).as("over is over").isEmpty();
  }

  @Test
  void whatIsSeenAgainIsNotToldAgain() {
    Scene scene = Scene.ofTraining().job(1).jobIsSuspended();
    assertThat(told(scene)).containsExactly("Normal/Queued");
    assertThat(told(scene.after(Duration.ofHours(1)))).isEmpty();
  }

  @Test
  void aRunOfItsOwnIsToldAnew() {
    Scene scene = Scene.ofTraining().job(1);
    told(scene.pod("a", Scene.ended(0, scene.result())));
    scene.withoutJobs().spec("runId: second").job(1);
    told(scene);
    assertThat(told(scene.pod("b", Scene.ended(0, scene.result()))))
        .containsExactly("Normal/Succeeded");
  }

  @Test
  void aChangeOfAffinityWithinARunIsSaidToBeIgnored() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).recorded();
    scene.spec("pod: {affinity: {nodeAffinity: {}}}").generation(2);
    assertThat(told(scene)).containsExactly("Warning/SpecChangedIgnored");
    assertThat(told(scene)).isEmpty();
  }

  private static List<String> told(Scene scene) {
    List<String> told =
        scene.change().announcements().stream()
            .map(news -> news.type() + "/" + news.reason())
            .toList();
    scene.recorded();
    return told;
  }
}
