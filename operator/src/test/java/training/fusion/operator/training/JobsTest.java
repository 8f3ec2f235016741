package training.fusion.operator.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.operator.InMemoryApi;
import training.fusion.operator.job.JobView;
import training.fusion.operator.job.TrainingJob;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.status.Scene;
import training.fusion.operator.watch.Observation;
import training.fusion.operator.watch.TrainingInformers;

class JobsTest {
  private static final String JOBS = "/apis/batch/v1/namespaces/vision/jobs";

  private final InMemoryApi api = new InMemoryApi();
  private final InstantSource clock = InstantSource.fixed(Scene.START);
  private final TrainingJob trainingJob = new TrainingJob(Scene.CONFIGURATION);
  private final Jobs jobs =
      new Jobs(
          api.client(), trainingJob, new TrainingInformers(clock), new Events(api.client(), clock));
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
  void aJobThatGoesOnWithoutItsLabelsIsFollowedByNone() {
    Job first = create().job().orElseThrow().job();
    Observation blind = Scene.ofTraining().job(1).recorded().withoutJobs().live().observation();

    Refusal refusal = Objects.requireNonNull(jobs.create(blind, 2, this::send).refusal());

    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.REFUSED);
    assertThat(refusal.message())
        .contains("Job " + first.getMetadata().getName())
        .contains("has lost its label fusion.training/training-uid");
    assertThat(api.client().batch().v1().jobs().inNamespace("vision").list().getItems()).hasSize(1);
    api.client().resource(first).delete();
    assertThat(jobs.create(blind, 2, this::send).job()).map(JobView::attempt).hasValue(2);
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
    refuse(403, "exceeded quota: gpus, requested: 1, used: 8, limited: 8", "");
    Refusal refusal = Objects.requireNonNull(create().refusal());
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.REFUSED);
    assertThat(refusal.message()).contains("exceeded quota: gpus");
  }

  @Test
  void aJobThatIsNotValidWillNeverBe() {
    refuse(422, "Invalid value", "spec.template.metadata.labels");
    Refusal refusal = Objects.requireNonNull(create().refusal());
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.INVALID);
  }

  /** ValidatingAdmissionPolicies answer so where they name no reason of their own. */
  @Test
  void aPolicyThatAnswersLikeTheSchemaMayChangeItsMind() {
    refuse(422, "ValidatingAdmissionPolicy 'images' with binding 'all' denied request: no", "");
    Refusal refusal = Objects.requireNonNull(create().refusal());
    assertThat(refusal.kind()).isEqualTo(Refusal.Kind.REFUSED);
    assertThat(refusal.message()).contains("'images'");
  }

  @Test
  void aJobIsDeletedOnlyIfItIsStillThatVeryOne() {
    JobView made = create().job().orElseThrow();
    Job copy = new JobBuilder(made.job()).build();
    copy.getMetadata().setUid("of-before");
    String request = "DELETE " + JOBS + "/" + made.name();
    api.refuse(request, 409, "Conflict", "the UID in the precondition does not match", "");
    assertThatThrownBy(() -> jobs.delete(seen, new JobView(copy), true))
        .isInstanceOf(KubernetesClientException.class);
    assertThat(api.body(request)).contains("\"preconditions\":{\"uid\":\"of-before\"}");
    assertThat(api.body(request)).contains("Foreground");
  }

  /** What each answer to the making and deleting of a Job means. */
  @ParameterizedTest(name = "{0} {1} {2}")
  @CsvSource({
    "400, BadRequest,           , REFUSED, REFUSED",
    "401, Unauthorized,         , thrown,  thrown",
    "403, Forbidden,            , REFUSED, REFUSED",
    "404, NotFound,             , REFUSED, gone",
    "405, MethodNotAllowed,     , REFUSED, REFUSED",
    "409, Conflict,             , REFUSED, thrown",
    "410, Gone,                 , REFUSED, REFUSED",
    "413, RequestEntityTooLarge, , REFUSED, REFUSED",
    "415, UnsupportedMediaType, , REFUSED, REFUSED",
    "422, Invalid,              , REFUSED, REFUSED",
    "422, Invalid,     spec.template, INVALID, REFUSED",
    "429, TooManyRequests,      , REFUSED, REFUSED",
    "500, InternalError,        , REFUSED, REFUSED",
    "502, '',                   , REFUSED, REFUSED",
    "503, ServiceUnavailable,   , REFUSED, REFUSED",
    "504, Timeout,              , REFUSED, REFUSED",
  })
  void anAnswerIsTold(int code, String reason, @Nullable String field, String made, String gone) {
    JobView job = create().job().orElseThrow();
    String name = "/" + job.name();
    String at = Objects.requireNonNullElse(field, "");
    api.refuse("DELETE " + JOBS + name, code, reason, "because", at);
    assertThat(meaning(() -> jobs.delete(seen, job, false))).isEqualTo(gone);

    api.refuse("POST " + JOBS, code, reason, "because", at);
    api.answer("GET " + JOBS + name, 404, "");
    assertThat(meaning(this::create)).isEqualTo(made);
  }

  private static String meaning(Supplier<Observation> request) {
    try {
      Refusal refusal = request.get().refusal();
      if (refusal == null) {
        return "gone";
      }
      assertThat(refusal.message()).startsWith("the API server refused to ").contains("because");
      return refusal.kind().toString();
    } catch (KubernetesClientException e) {
      return "thrown";
    }
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

  private void refuse(int code, String message, String field) {
    api.refuse("POST " + JOBS, code, "", message, field);
  }
}
