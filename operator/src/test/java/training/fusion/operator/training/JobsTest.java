package training.fusion.operator.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.InstantSource;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TrainingJob;
import training.fusion.operator.status.Observation;
import training.fusion.operator.status.Refusal;
import training.fusion.operator.status.Scene;
import training.fusion.operator.status.Watched;

class JobsTest {
  private final InMemoryApi api = new InMemoryApi();
  private final InstantSource clock = InstantSource.fixed(Scene.START);
  private final TrainingJob trainingJob = new TrainingJob(Scene.CONFIGURATION);
  private final Jobs jobs =
      new Jobs(api.client(), trainingJob, new Watched(clock), new Events(api.client(), clock));
  private final Observation seen = Scene.ofTraining().live().observation();

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void aJobIsMadeWithTheRunsImage() {
    Observation after = create();
    assertThat(after.job()).flatMap(JobView::image).hasValue("fusion-trainer:0.1.0");
    Scene later = Scene.ofTraining().job(1).recorded().status("image: fusion-trainer:0.0.9");
    Observation next = jobs.create(later.live().observation(), 2, this::send);
    assertThat(next.job()).flatMap(JobView::image).hasValue("fusion-trainer:0.0.9");
  }

  @Test
  void aJobThatIsThereAndOursIsTakenOver() {
    JobView first = create().job().orElseThrow();
    JobView again = create().job().orElseThrow();
    assertThat(again.uid()).isEqualTo(first.uid());
    assertThat(api.client().batch().v1().jobs().inNamespace("vision").list().getItems()).hasSize(1);
  }

  @Test
  void aForeignJobOfTheNameIsLeftAlone() {
    send(foreign().build());
    Observation after = create();
    assertThat(after.job()).isEmpty();
    Refusal refusal = Objects.requireNonNull(after.refusal());
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.NAME_TAKEN);
    assertThat(refusal.message()).contains(wanted().getMetadata().getName()).contains("spec.runId");
  }

  @Test
  void aForeignJobThatIsBeingDeletedIsWaitedFor() {
    Job there =
        send(foreign().editMetadata().withFinalizers("example.org/keep").endMetadata().build());
    api.client().resource(there).delete();
    Refusal refusal = Objects.requireNonNull(create().refusal());
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.NAME_IN_USE);
  }

  @Test
  void aQuotasRefusalIsPassedOnInItsWords() {
    refuse(403, "exceeded quota: gpus, requested: 1, used: 8, limited: 8");
    Refusal refusal = Objects.requireNonNull(create().refusal());
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.REFUSED);
    assertThat(refusal.message()).contains("exceeded quota: gpus");
  }

  @Test
  void aJobThatIsNotValidWillNeverBe() {
    refuse(422, "spec.template.metadata.labels: Invalid value");
    Refusal refusal = Objects.requireNonNull(create().refusal());
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.INVALID);
  }

  @Test
  void noAnswerIsNoRefusal() {
    api.stop();
    assertThatThrownBy(this::create).isInstanceOf(KubernetesClientException.class);
  }

  private Observation create() {
    return jobs.create(seen, 1, this::send);
  }

  private Job send(Job job) {
    return api.client().resource(job).create();
  }

  private Job wanted() {
    return trainingJob.of(seen.training(), seen.run(), 1, "image");
  }

  private JobBuilder foreign() {
    return new JobBuilder(wanted()).editMetadata().withOwnerReferences().endMetadata();
  }

  private void refuse(int code, String message) {
    api.answer(
        "POST /apis/batch/v1/namespaces/vision/jobs",
        code,
        Serialization.asJson(
            new StatusBuilder().withStatus("Failure").withCode(code).withMessage(message).build()));
  }
}
