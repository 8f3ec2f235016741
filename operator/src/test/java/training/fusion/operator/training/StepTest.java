package training.fusion.operator.training;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import training.fusion.operator.job.JobView;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.status.Scene;

class StepTest {
  private static final String COMPLETE = "conditions: [{type: Complete, status: 'True'}]";
  private static final String FAILED =
      "conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]";

  @Test
  void aNewTrainingIsLookedAtOnceMoreBeforeItsFirstJobIsMade() {
    Scene scene = Scene.ofTraining();
    assertThat(step(scene)).isEqualTo(new Step.Look());
    assertThat(step(scene.live())).isEqualTo(new Step.Create(1));
  }

  @Test
  void aTrainingWithAJobIsLeftToIt() {
    assertThat(step(Scene.ofTraining().job(1))).isEqualTo(new Step.Rest());
    assertThat(step(Scene.ofTraining().job(1).pod("a", Scene.running())))
        .isEqualTo(new Step.Rest());
    assertThat(step(Scene.ofTraining().job(1).jobIsSuspended())).isEqualTo(new Step.Rest());
  }

  @Test
  void aJobThatWasMadeAndNotWrittenDownCounts() {
    // the operator was killed between the two
    Scene scene = Scene.ofTraining().job(1);
    assertThat(step(scene)).isEqualTo(new Step.Rest());
    assertThat(scene.observation().attempts()).isEqualTo(1);
  }

  @Test
  void aTrainingThatIsBeingDeletedIsLeftAlone() {
    Scene scene = Scene.ofTraining().live();
    scene.training().getMetadata().setDeletionTimestamp("2026-01-01T12:00:00Z");
    assertThat(step(scene)).isEqualTo(new Step.Rest());
  }

  @Test
  void nothingIsMadeOrDeletedOfATrainingThatCannotBeReadWhole() {
    Scene unmade = Scene.ofTraining().unread("spec.model.architecture", "\"New\"", "").live();
    assertThat(step(unmade)).isEqualTo(new Step.Rest());
    Scene suspended = Scene.ofTraining().job(1).spec("suspend: true").unread("spec.a", "1", "");
    assertThat(step(suspended)).isEqualTo(new Step.Rest());
  }

  @Test
  void aJobDeletedByHandIsFollowedByTheNextAttempt() {
    Scene scene = Scene.ofTraining().job(1).recorded().withoutJobs();
    assertThat(step(scene)).isEqualTo(new Step.Look());
    assertThat(step(scene.live())).isEqualTo(new Step.Create(2));
  }

  @Test
  void whileAJobIsBeingDeletedNothingFollows() {
    assertThat(step(Scene.ofTraining().job(1).jobIsBeingDeleted().live()))
        .isEqualTo(new Step.Rest());
  }

  @Test
  void aSuspendedTrainingGetsNoJob() {
    assertThat(step(Scene.ofTraining().spec("suspend: true").live())).isEqualTo(new Step.Rest());
  }

  @Test
  void suspendDeletesTheJobAndWaitsForItsPod() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.running()).spec("suspend: true");
    assertThat(step(scene)).isEqualTo(deletion(scene, true));
    assertThat(step(scene.jobIsBeingDeleted())).isEqualTo(new Step.Rest());
  }

  @Test
  void resumeIsTheNextAttempt() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .recorded()
            .withoutJobs()
            .spec("suspend: true")
            .recorded()
            .spec("suspend: false")
            .live();
    assertThat(step(scene)).isEqualTo(new Step.Create(2));
  }

  @Test
  void aPauseIsWrittenDownBeforeItsJobIsDeletedAndThenNothingFollows() {
    Scene scene = paused();
    assertThat(step(scene)).isEqualTo(new Step.Rest());
    scene.recorded();
    assertThat(step(scene)).isEqualTo(deletion(scene, true));
    assertThat(goesOn(new Step.Rest(), scene, true)).isTrue();
    assertThat(step(scene.withoutJobs().live())).isEqualTo(new Step.Rest());
  }

  @Test
  void aPauseThatIsRaisedOrRemovedIsGoneOnFromInTheNextAttempt() {
    Scene raised = paused().recorded().withoutJobs().spec("pauseAfterEpoch: 2").live();
    assertThat(step(raised)).isEqualTo(new Step.Create(2));
    Scene removed = paused().recorded().withoutJobs().spec("pauseAfterEpoch: null").live();
    assertThat(step(removed)).isEqualTo(new Step.Create(2));
    Scene lower = paused().recorded().withoutJobs().spec("pauseAfterEpoch: 1").live();
    assertThat(step(lower)).isEqualTo(new Step.Rest());
  }

  @Test
  void aPauseThatIsRaisedWhileItsPodGoesIsGoneOnFromOnceThatIsGone() {
    Scene scene = paused().spec("pauseAfterEpoch: 3").recorded();
    assertThat(step(scene)).isEqualTo(deletion(scene, true));
    assertThat(step(scene.withoutJobs().live())).isEqualTo(new Step.Create(2));
  }

  @Test
  void aPodThatWouldPauseTooLateIsReplaced() {
    Scene scene = kept().job(1).pod("a", Scene.running()).recorded();
    assertThat(step(scene.spec("pauseAfterEpoch: 2"))).isEqualTo(deletion(scene, true));
    Scene sooner = kept().spec("pauseAfterEpoch: 2").job(1).pod("a", Scene.running()).recorded();
    assertThat(step(sooner)).isEqualTo(new Step.Rest());
    assertThat(step(sooner.spec("pauseAfterEpoch: 5"))).isEqualTo(new Step.Rest());
    assertThat(step(sooner.spec("pauseAfterEpoch: 1"))).isEqualTo(deletion(sooner, true));
  }

  @Test
  void aPauseThatWasLostWithItsPodIsSaidAgainByTheNext() {
    Scene scene = paused().jobStatus(COMPLETE).withoutPods();
    assertThat(step(scene)).isEqualTo(new Step.Look());
    assertThat(step(scene.live())).isEqualTo(deletion(scene, true));
    assertThat(step(scene.recorded().withoutJobs())).isEqualTo(new Step.Create(2));
  }

  @Test
  void aFinishedTrainingIsNeverRunAgain() {
    Scene scene = succeeded().recorded();
    assertThat(step(scene)).isEqualTo(new Step.Rest());
    assertThat(step(scene.withoutJobs().live())).isEqualTo(new Step.Rest());
    assertThat(step(scene.spec("suspend: true"))).isEqualTo(new Step.Rest());
    assertThat(step(scene.spec("suspend: false"))).isEqualTo(new Step.Rest());
  }

  @Test
  void aFailedTrainingIsNeverRunAgain() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .pod("a", Scene.ended(70, ""))
            .jobStatus(FAILED)
            .recorded()
            .withoutJobs()
            .live();
    assertThat(step(scene)).isEqualTo(new Step.Rest());
  }

  @Test
  void aNewRunIdRunsAFinishedTrainingAgain() {
    Scene scene = succeeded().recorded().spec("runId: second");
    assertThat(step(scene)).isEqualTo(deletion(scene, true));
    assertThat(step(scene.withoutJobs().recorded().live())).isEqualTo(new Step.Create(1));
  }

  @Test
  void aNewRunStopsTheOneUnderWay() {
    Scene scene =
        Scene.ofTraining().job(1).pod("a", Scene.running()).recorded().spec("runId: second");
    assertThat(step(scene)).isEqualTo(deletion(scene, true));
    assertThat(step(scene.jobIsBeingDeleted().live())).isEqualTo(new Step.Rest());
  }

  @Test
  void aSpecThatChangesBeforeItsRunHasBegunGetsAJobOfItsOwn() {
    Scene scene =
        Scene.ofTraining()
            .job(1)
            .pod("a", Scene.unscheduled())
            .recorded()
            .spec("training: {epochs: 2}")
            .generation(2);
    assertThat(step(scene)).isEqualTo(deletion(scene, true));
    assertThat(step(scene.jobIsBeingDeleted().live())).isEqualTo(new Step.Rest());
    assertThat(step(scene.withoutJobs().live())).isEqualTo(new Step.Create(1));
  }

  @Test
  void aSpecThatChangedAtTheMomentInWhichItsPodBeganGetsAJobOfItsOwnToo() {
    Scene scene = Scene.ofTraining().job(1).pod("a", Scene.unscheduled()).recorded();
    scene.spec("training: {epochs: 2}").generation(2).podStatus(Scene.running());
    assertThat(step(scene)).isEqualTo(deletion(scene, true));
    assertThat(step(scene.withoutJobs().live())).isEqualTo(new Step.Create(1));
  }

  @Test
  void aTrainingThatFailedBeforeItHadBegunRunsWithAnotherSpecAndOnlyThen() {
    Scene scene =
        Scene.ofTraining()
            .spec("runPolicy: {pendingDeadlineSeconds: 60}")
            .job(1)
            .pod("a", Scene.unscheduled())
            .after(Duration.ofSeconds(61))
            .recorded()
            .recorded()
            .withoutJobs()
            .live();
    assertThat(scene.observation().hasFinished()).isTrue();
    assertThat(step(scene.spec("suspend: false").generation(2))).isEqualTo(new Step.Rest());
    assertThat(step(scene.spec("pod: {nodeSelector: {a: b}}").generation(3)))
        .isEqualTo(new Step.Create(1));
  }

  @Test
  void aNewRunForgetsTheProgressOfTheOneBefore() {
    Scene scene = succeeded().recorded().status("progress: {step: 125}").spec("runId: second");
    assertThat(step(scene)).isEqualTo(new Step.Forget());
    assertThat(step(scene.recorded())).isNotEqualTo(new Step.Forget());
  }

  @Test
  void whatFollowsTheForgettingOrAnEndWaitsForNoEvent() {
    Scene superseded = succeeded().recorded().spec("runId: second");
    assertThat(goesOn(new Step.Forget(), superseded, true)).isTrue();
    assertThat(goesOn(deletion(superseded, true), superseded, true)).isFalse(); // its Job has them

    Scene ended = succeeded().recorded().after(Duration.ofMinutes(5));
    assertThat(goesOn(new Step.Rest(), ended, true)).isFalse();
    Scene endedToBeDeleted = ended.spec("runPolicy: {ttlSecondsAfterFinished: 0}");
    assertThat(goesOn(new Step.Rest(), endedToBeDeleted, true)).isTrue();
    assertThat(goesOn(deletion(ended, false), endedToBeDeleted, false)).isFalse();
  }

  @Test
  void aResultIsRecordedBeforeAnythingIsDeleted() {
    Scene scene = succeeded().spec("runPolicy: {ttlSecondsAfterFinished: 0}");
    assertThat(step(scene)).isEqualTo(new Step.Rest());
    assertThat(step(scene.after(Duration.ofMinutes(5)).recorded()))
        .isEqualTo(deletion(scene, false));
  }

  @Test
  void aFinishedTrainingsJobLivesAsLongAsItsTimeToLive() {
    Scene scene = succeeded().spec("runPolicy: {ttlSecondsAfterFinished: 60}").recorded();
    assertThat(step(scene.after(Duration.ofSeconds(359)))).isEqualTo(new Step.Rest());
    assertThat(Step.timeToLive(scene.observation()))
        .hasValue(Scene.START.plus(Duration.ofMinutes(6)));
    assertThat(step(scene.after(Duration.ofSeconds(1)))).isEqualTo(deletion(scene, false));
  }

  @Test
  void withoutATimeToLiveTheJobStays() {
    assertThat(step(succeeded().recorded().after(Duration.ofDays(400)))).isEqualTo(new Step.Rest());
  }

  @Test
  void aNameThatIsTakenEndsTheRunAndOneInUseIsWaitedFor() {
    Scene taken = Scene.ofTraining().refused(Refusal.Kind.NAME_TAKEN, "taken").recorded().live();
    assertThat(step(taken)).isEqualTo(new Step.Rest());
    Scene inUse = Scene.ofTraining().refused(Refusal.Kind.NAME_IN_USE, "in use").recorded().live();
    assertThat(step(inUse)).isEqualTo(new Step.Create(1));
  }

  @Test
  void aLostResultIsReadFromTheVolumeByTheNextAttempt() {
    Scene scene = kept().job(1).jobStatus(COMPLETE);
    assertThat(step(scene)).isEqualTo(new Step.Look());
    assertThat(step(scene.live())).isEqualTo(deletion(scene, true));
    assertThat(step(scene.recorded().withoutJobs())).isEqualTo(new Step.Create(2));
  }

  @Test
  void aLostResultWithoutAVolumeEndsTheRunWithTheLastReport() {
    Scene scene = Scene.ofTraining().job(1).jobStatus(COMPLETE).live();
    assertThat(step(scene)).isEqualTo(new Step.Rest());
    assertThat(step(scene.recorded())).isEqualTo(new Step.Rest());
  }

  @Test
  void aFailedJobWhosePodIsNotSeenIsLookedAtOnceMore() {
    Scene scene = Scene.ofTraining().job(1).jobStatus(FAILED);
    assertThat(step(scene)).isEqualTo(new Step.Look());
    assertThat(step(scene.live())).isEqualTo(new Step.Rest());
  }

  @Test
  void aRunThatWasGivenUpLeavesNoJobBehind() {
    Scene scene =
        Scene.ofTraining()
            .spec("runPolicy: {pendingDeadlineSeconds: 60}")
            .job(1)
            .pod("a", Scene.unscheduled())
            .after(Duration.ofSeconds(60));
    assertThat(step(scene)).isEqualTo(new Step.Rest());
    assertThat(step(scene.recorded())).isEqualTo(deletion(scene, true));
  }

  @Test
  void aJobWithoutAPodIsGivenUpAfterALookThatCannotLag() {
    Scene scene =
        Scene.ofTraining()
            .spec("runPolicy: {pendingDeadlineSeconds: 60}")
            .job(1)
            .after(Duration.ofSeconds(59));
    assertThat(step(scene)).isEqualTo(new Step.Rest());
    assertThat(step(scene.after(Duration.ofSeconds(1)))).isEqualTo(new Step.Look());
    assertThat(step(scene.live())).isEqualTo(new Step.Rest());
    scene.refused(Refusal.Kind.NO_POD, "no such account").recorded();
    assertThat(step(scene)).isEqualTo(deletion(scene, true));
    assertThat(scene.training().getStatus().toString())
        .contains("PendingDeadlineExceeded", "no such account");
  }

  @Test
  void aJobThatAnotherControllerRunsNeedsNoPodHere() {
    Scene scene =
        Scene.ofTraining()
            .spec("runPolicy: {pendingDeadlineSeconds: 60}")
            .job(1)
            .jobIsManagedBy("kueue.x-k8s.io/multikueue")
            .jobStatus("active: 1")
            .after(Duration.ofSeconds(61));
    assertThat(step(scene.live())).isEqualTo(new Step.Rest());
    assertThat(scene.recorded().training().getStatus().completionTime()).isNull();
  }

  @Test
  void aJobThatIsHeldBackOrStoppedMayWaitForItsPod() {
    Scene scene =
        Scene.ofTraining()
            .spec("runPolicy: {pendingDeadlineSeconds: 60}")
            .job(1)
            .jobIsSuspended()
            .after(Duration.ofSeconds(61));
    assertThat(step(scene)).isEqualTo(new Step.Rest());
    assertThat(step(scene.live())).isEqualTo(new Step.Rest());
  }

  private static Scene succeeded() {
    Scene scene = Scene.ofTraining().job(1);
    return scene.pod("a", Scene.ended(0, scene.result())).jobStatus(COMPLETE);
  }

  private static Scene paused() {
    Scene scene = kept().spec("training: {epochs: 5}\npauseAfterEpoch: 1").job(1);
    return scene.pod("a", Scene.ended(0, scene.pause(1)));
  }

  private static Scene kept() {
    return Scene.ofTraining()
        .spec("checkpoint: {volume: {persistentVolumeClaim: {claimName: checkpoints}}}");
  }

  private static Step step(Scene scene) {
    return Step.after(scene.observation());
  }

  private static boolean goesOn(Step taken, Scene after, boolean told) {
    return Step.goesOnAtOnce(taken, after.observation(), told);
  }

  private static Step deletion(Scene scene, boolean awaited) {
    List<JobView> jobs = scene.observation().jobs();
    return new Step.Delete(jobs, awaited);
  }
}
