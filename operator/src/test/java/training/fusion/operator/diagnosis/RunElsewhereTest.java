package training.fusion.operator.diagnosis;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.operator.status.StatusChangeTest.condition;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.operator.status.Scene;
import training.fusion.operator.watch.Pruned;

@DisplayName("A Job whose pod is not to be seen")
class RunElsewhereTest {
  private static final String COMPLETE = "conditions: [{type: Complete, status: 'True'}]";
  private static final String VOLUME =
      "checkpoint: {volume: {persistentVolumeClaim: {claimName: checkpoints}}}";

  @Test
  @DisplayName("since another controller runs it, is told with that controller's name, for ever")
  void managed() {
    Scene scene = managed("kueue.x-k8s.io/multikueue").after(Duration.ofDays(3));
    assertThat(message(scene))
        .startsWith("Job is run by kueue.x-k8s.io/multikueue (spec.managedBy), which has not");
    scene.jobStatus("active: 1");
    assertThat(message(scene)).contains("are not seen here, its end is");
    assertThat(scene.jobIsSuspended().recorded().status().state()).isEqualTo(State.QUEUED);
    assertThat(message(scene)).endsWith("Job is run by kueue.x-k8s.io/multikueue (spec.managedBy)");
  }

  @Test
  @DisplayName("ends as that controller says, and no other attempt is made")
  void managedEnd() {
    Scene scene = managed("kueue.x-k8s.io/multikueue").jobStatus(COMPLETE).live();
    assertThat(scene.observation().isResultMissing()).isFalse();
    FusionTrainingStatus succeeded = scene.recorded().status();
    assertThat(succeeded.state()).isEqualTo(State.SUCCEEDED);
    assertThat(condition(scene, "Complete").getMessage()).contains("its result did not arrive");

    Scene failed =
        managed("kueue.x-k8s.io/multikueue")
            .jobStatus(
                "conditions: [{type: Failed, status: 'True', reason: Lost, message: 'no worker'}]");
    assertThat(failed.recorded().status().state()).isEqualTo(State.FAILED);
    assertThat(condition(failed, "Failed").getMessage()).contains("no worker");
  }

  @Test
  @DisplayName("is any other Job where the Job controller is named as the one that runs it")
  void ours() {
    Scene scene = managed("kubernetes.io/job-controller").after(Duration.ofMinutes(1));
    assertThat(condition(scene.recorded(), "Reconciling").getReason()).isEqualTo("NoPod");
  }

  @Test
  @DisplayName("is told by its store as by the API server")
  void stored() {
    Job job = managed("kueue.x-k8s.io/multikueue").observation().job().orElseThrow().job();
    Job active = new JobBuilder(job).withNewStatus().withActive(1).endStatus().build();
    var store = Pruned.jobs();
    store.put("key", active);
    var kept = new training.fusion.operator.job.JobView(requireNonNull(store.get("key")));
    assertThat(kept.manager()).hasValue("kueue.x-k8s.io/multikueue");
    assertThat(kept.hasActivePods()).isTrue();
  }

  @Test
  @DisplayName("since it is gone with its result is followed by so many others, and then told")
  void lost() {
    Scene scene = Scene.ofTraining().spec(VOLUME);
    for (int attempt = 1; attempt < LostResult.MOST; attempt++) {
      scene.job(attempt).jobStatus(COMPLETE).live().recorded();
      assertThat(condition(scene, "Reconciling").getReason())
          .as("attempt " + attempt)
          .isEqualTo("RecoveringResult");
      assertThat(scene.status().restarts()).isZero();
      scene.recorded().withoutJobs().after(Duration.ofMinutes(1));
    }
    scene.job(LostResult.MOST).jobStatus(COMPLETE).live().recorded();
    assertThat(scene.status().state()).isEqualTo(State.FAILED);
    assertThat(condition(scene, "Failed").getReason()).isEqualTo("NoResult");
    assertThat(condition(scene, "Failed").getMessage())
        .contains("3 Jobs in a row")
        .contains("checkpoint volume, in folder " + scene.observation().run());
  }

  private static Scene managed(String controller) {
    return Scene.ofTraining().spec(VOLUME).job(1).jobIsManagedBy(controller);
  }

  private static String message(Scene scene) {
    return condition(scene.recorded(), "Reconciling").getMessage();
  }
}
