package training.fusion.operator.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.operator.job.JobView;
import training.fusion.operator.status.Scene;

/** Containers that somebody else puts into Job and pod. */
@DisplayName("With containers beside the trainer")
class OtherContainersTest {
  private static final String MESH = "containers: [{name: istio-proxy, image: istio/proxyv2}]";
  private static final String NATIVE =
      "initContainers: [{name: proxy, image: istio/proxyv2, restartPolicy: Always}]";
  private static final String RUNNING =
      "- {name: istio-proxy, state: {running: {startedAt: '2026-01-01T12:00:00Z'}}}\n";
  private static final String FAILED =
      "- {name: istio-proxy, state: {terminated: {exitCode: 1, finishedAt: '2026-01-01T12:06:00Z'}}}\n";

  @Test
  @DisplayName("the result counts when the trainer has ended, and its pod is ended 30 s later")
  void resultCounts() {
    Scene scene = trained().after(Duration.ofMinutes(5)).recorded();
    assertThat(scene.status().state()).isEqualTo(State.SUCCEEDED);
    assertThat(scene.status().completionTime()).isEqualTo("2026-01-01T12:05:00Z");
    assertThat(step(scene.after(Duration.ofSeconds(29)))).isEqualTo(new Step.Rest());
    assertThat(Step.lingersUntil(scene.observation()))
        .hasValue(Scene.START.plus(Duration.ofSeconds(330)));
    assertThat(step(scene.after(Duration.ofSeconds(1)))).isEqualTo(deletion(scene));
  }

  @Test
  @DisplayName(
      "one that fails after the trainer's 0 costs no retry, and the Job makes no other pod")
  void failsAfterwards() {
    Scene scene = trained().podStatus(beside("Failed", FAILED, ended(0))).recorded();
    assertThat(scene.status().state()).isEqualTo(State.SUCCEEDED);
    assertThat(scene.status().restarts()).isZero();
    assertThat(scene.status().failures()).isEmpty();
    assertThat(step(scene)).isEqualTo(deletion(scene));
    scene.pod("b", Scene.running());
    assertThat(step(scene)).isEqualTo(deletion(scene));
  }

  @Test
  @DisplayName("a pod that succeeds with all of them leaves its Job to end by itself")
  void allSucceed() {
    Scene scene = trained();
    scene.podStatus(Scene.ended(0, scene.result())).recorded().after(Duration.ofDays(1));
    assertThat(step(scene)).isEqualTo(new Step.Rest());
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 70, 75})
  @DisplayName("a trainer that failed is waited for 30 s, then its pod is ended, once, for its Job")
  void failed(int code) {
    Scene scene = Scene.ofTraining().job(1).pod("a", "phase: Pending").injected(MESH);
    scene.podStatus(beside("Running", RUNNING, Scene.ended(code, ""))).after(Duration.ofMinutes(5));
    assertThat(step(scene.recorded())).isEqualTo(new Step.Rest());
    assertThat(scene.status().state()).isEqualTo(State.RUNNING);
    assertThat(reconciling(scene))
        .contains("ended with exit code " + code)
        .contains("waiting for the pod's other containers (istio-proxy)");
    assertThat(scene.change().until()).isEqualTo(Scene.START.plusSeconds(330));
    assertThat(scene.status().failures()).isEmpty();
    scene.after(Duration.ofSeconds(30));
    assertThat(step(scene)).isInstanceOf(Step.EndPod.class);
    assertThat(step(scene.podShouldBeGone().recorded())).isEqualTo(new Step.Rest());
    assertThat(scene.podStatus(Scene.ended(code, "")).recorded().status().restarts()).isEqualTo(1);
  }

  @Test
  @DisplayName("a pod that was ended so is told of when it is gone: while its Job waits, and after")
  void goneAfterFailure() {
    Scene scene = Scene.ofTraining().spec("runPolicy: {backoffLimit: 1}").job(1);
    scene.pod("a", Scene.running()).recorded().after(Duration.ofMinutes(5).plusSeconds(31));
    scene.podStatus(Scene.ended(70, scene.failure("Stalled", "no step for 600 s"))).recorded();
    scene.withoutPods().recorded();
    assertThat(scene.status().state()).isEqualTo(State.PENDING);
    assertThat(reconciling(scene)).isEqualTo("no step for 600 s");
    scene
        .jobStatus("conditions: [{type: Failed, status: 'True', reason: PodFailurePolicy}]")
        .live()
        .recorded();
    assertThat(scene.status().state()).isEqualTo(State.FAILED);
    assertThat(Objects.requireNonNull(scene.status().conditions()))
        .filteredOn(it -> it.getType().equals("Failed"))
        .allMatch(it -> it.getMessage().equals("no step for 600 s"));
  }

  @Test
  @DisplayName("a trainer that ended with 0 and left no result ends the run as without them")
  void noResult() {
    Scene scene = Scene.ofTraining().job(1).pod("a", "phase: Pending").injected(MESH);
    scene.podStatus(beside("Running", RUNNING, Scene.ended(0, ""))).after(Duration.ofMinutes(5));
    assertThat(scene.recorded().status().state()).isEqualTo(State.RUNNING);
    scene.after(Duration.ofSeconds(30)).recorded();
    assertThat(scene.status().state()).isEqualTo(State.FAILED);
    assertThat(step(scene)).isEqualTo(deletion(scene));
  }

  @Test
  @DisplayName("a sidecar that does not listen is named for the grace that its node gives it")
  void nativeSidecar() {
    Scene scene = Scene.ofTraining().job(1).pod("a", "phase: Pending").injected(NATIVE);
    scene
        .podStatus(
            Scene.ended(75, "").replace("phase: Failed", "phase: Running")
                + "initContainerStatuses: [{name: proxy, state: {running: {}}}]")
        .after(Duration.ofMinutes(5))
        .recorded();
    assertThat(reconciling(scene)).contains("waiting for the pod's other containers (proxy)");
    Duration grace = scene.pods().get(0).gracePeriod();
    assertThat(step(scene.after(grace.plusSeconds(29)))).isEqualTo(new Step.Rest());
    assertThat(step(scene.after(Duration.ofSeconds(1)))).isInstanceOf(Step.EndPod.class);
  }

  @Test
  @DisplayName("a container put first is neither the run's image nor the next attempt's trainer")
  void firstInTheJob() {
    Scene scene = Scene.ofTraining().job(1).jobContainerFirst("logger", "fluent/fluent-bit:3");
    assertThat(scene.recorded().status().image()).isEqualTo("fusion-trainer:0.1.0");
  }

  @Test
  @DisplayName("a Job that a policy deletes as soon as it has failed is not made again for ever")
  void failedAndVanished() {
    Scene hopeless = Scene.ofTraining().job(1);
    hopeless.pod("a", Scene.ended(64, hopeless.failure("BadData", "no labels"))).recorded();
    assertThat(step(hopeless.withoutJobs())).isEqualTo(new Step.Look());
    assertThat(step(hopeless.live())).isEqualTo(new Step.Rest());
    assertThat(hopeless.recorded().status().state()).isEqualTo(State.FAILED);

    Scene retried = Scene.ofTraining().spec("runPolicy: {backoffLimit: 1}").job(1);
    retried.pod("a", Scene.ended(70, "")).recorded().withoutJobs().live();
    assertThat(step(retried)).isEqualTo(new Step.Create(2));
    retried.cached().job(2).pod("b", Scene.ended(70, "")).recorded();
    retried.pod("c", Scene.ended(70, "")).recorded().withoutJobs().live();
    assertThat(step(retried)).isEqualTo(new Step.Rest());
    assertThat(retried.recorded().status().state()).isEqualTo(State.FAILED);
  }

  private static Scene trained() {
    Scene scene = Scene.ofTraining().job(1).pod("a", "phase: Pending").injected(MESH);
    return scene.podStatus(beside("Running", RUNNING, Scene.ended(0, scene.result())));
  }

  private static String ended(int code) {
    return Scene.ended(code, Scene.ofTraining().result());
  }

  private static String beside(String phase, String other, String trainer) {
    return trainer
        .replaceFirst("phase: \\w+", "phase: " + phase)
        .replace("containerStatuses:\n", "containerStatuses:\n" + other);
  }

  private static String reconciling(Scene scene) {
    return Objects.requireNonNull(scene.status().conditions()).stream()
        .filter(condition -> condition.getType().equals("Reconciling"))
        .findFirst()
        .orElseThrow()
        .getMessage();
  }

  private static Step step(Scene scene) {
    return Step.after(scene.observation());
  }

  private static Step deletion(Scene scene) {
    List<JobView> jobs = scene.observation().jobs();
    return new Step.Delete(jobs, true);
  }
}
