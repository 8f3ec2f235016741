package training.fusion.operator.training;

import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.RetryInfo;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.configuration.OperatorConfiguration;
import training.fusion.operator.diagnosis.NoPod;
import training.fusion.operator.job.JobView;
import training.fusion.operator.progress.ProgressStatus;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.resource.StatusSubresource;
import training.fusion.operator.status.Announcement;
import training.fusion.operator.status.StatusChange;
import training.fusion.operator.watch.Observation;
import training.fusion.operator.watch.Pruned;
import training.fusion.operator.watch.TrainingInformers;

/** Makes a training's Job and status what they should be: observe, decide, act, write. */
@ControllerConfiguration(
    name = "fusiontraining",
    // the SDK's timer keeps each look that was planned, even if it came to nothing, for so long
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES),
    generationAwareEventProcessing = false,
    informer =
        @Informer(
            onUpdateFilter = RelevantChange.class,
            itemStore = Pruned.Trainings.class,
            informerListLimit = TrainingInformers.LIST_LIMIT))
@GradualRetry(maxAttempts = Integer.MAX_VALUE, initialInterval = 500, maxInterval = 30_000)
public class FusionTrainingReconciler implements Reconciler<FusionTraining> {
  private static final Logger LOG = Logger.getLogger(FusionTrainingReconciler.class);

  /** Soon enough to notice nothing, late enough for the cache to have caught up. */
  private static final Duration SOON = Duration.ofMillis(100);

  /** Nothing tells us when what was refused would be accepted. */
  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(1);

  /**
   * Its pod's event comes sooner, but for a pod that nobody makes. Until then the status can wait:
   * of many trainings made at once, first all get their Jobs, and what is written then is news.
   */
  private static final Duration FOR_THE_POD = Duration.ofSeconds(1);

  private final OperatorConfiguration configuration;
  private final TrainingInformers watched;
  private final Jobs jobs;
  private final StatusSubresource statuses;
  private final ProgressStatus progress;
  private final Events events;
  private final PodCreation podCreation;
  private final Backoff backoff;
  private final Reconciles reconciles;

  FusionTrainingReconciler(
      OperatorConfiguration configuration,
      TrainingInformers watched,
      Jobs jobs,
      StatusSubresource statuses,
      ProgressStatus progress,
      Events events,
      PodCreation podCreation,
      Backoff backoff,
      Reconciles reconciles) {
    this.configuration = configuration;
    this.watched = watched;
    this.jobs = jobs;
    this.statuses = statuses;
    this.progress = progress;
    this.events = events;
    this.podCreation = podCreation;
    this.backoff = backoff;
    this.reconciles = reconciles;
  }

  @Override
  public List<EventSource<?, FusionTraining>> prepareEventSources(
      EventSourceContext<FusionTraining> context) {
    return watched.eventSources(context);
  }

  @Override
  public UpdateControl<FusionTraining> reconcile(
      FusionTraining training, Context<FusionTraining> context) {
    Observation seen = watched.observe(training);
    Step step = Step.after(seen);
    if (step instanceof Step.Look) {
      Optional<Observation> live = jobs.look(seen);
      if (live.isEmpty()) {
        return UpdateControl.noUpdate();
      }
      seen = live.get();
      step = Step.after(seen);
    }
    try {
      seen = podCreation.explained(take(step, seen, context));
      if (step instanceof Step.Create create && create.attempt() == 1 && seen.job().isPresent()) {
        reconciles.succeeded();
        return UpdateControl.<FusionTraining>noUpdate().rescheduleAfter(FOR_THE_POD);
      }
      StatusChange change = StatusChange.of(seen, configuration.progress());
      seen = write(seen, change, context);
      reconciles.succeeded();
      boolean goesOn = Step.goesOnAtOnce(step, seen, !change.patch().isEmpty());
      return nextLook(seen, change, again(seen), goesOn);
    } catch (KubernetesClientException e) {
      if (StatusSubresource.isConflict(e)) {
        // nothing may come after: a change of status raises no event that we would see again
        return UpdateControl.<FusionTraining>noUpdate()
            .rescheduleAfter(backoff.next(training, SOON));
      }
      if (StatusSubresource.isGone(e)) {
        backoff.over(training);
        return UpdateControl.noUpdate(); // the training was deleted meanwhile
      }
      throw e;
    }
  }

  private Observation take(Step step, Observation seen, Context<FusionTraining> context) {
    if (step instanceof Step.Forget) {
      return seen.with(progress.forget(seen.training()));
    }
    if (step instanceof Step.Create create) {
      return jobs.create(seen, create.attempt(), context.resourceOperations()::create);
    }
    if (step instanceof Step.Delete delete) {
      for (JobView job : delete.jobs()) {
        seen = jobs.delete(seen, job, delete.awaited());
      }
    }
    if (step instanceof Step.EndPod end) {
      jobs.end(seen.training(), end.lingering());
    }
    return seen;
  }

  private Observation write(
      Observation seen, StatusChange change, Context<FusionTraining> context) {
    try {
      return written(seen, change, context);
    } catch (KubernetesClientException e) {
      if (!StatusSubresource.isRefused(e)) {
        throw e;
      }
      LOG.warnf("%s", e.getMessage());
      return written(seen, StatusChange.without(e, seen, configuration.progress()), context);
    }
  }

  private Observation written(
      Observation seen, StatusChange change, Context<FusionTraining> context) {
    if (change.patch().isEmpty()) {
      return seen;
    }
    FusionTraining written =
        context
            .resourceOperations()
            .resourcePatch(
                seen.training(),
                asRead -> Pruned.stored(statuses.patch(asRead, change.patch())),
                context.eventSourceRetriever().getControllerEventSource());
    change.announcements().forEach(news -> events.tell(written, news));
    return seen.with(written);
  }

  /** When to ask again for what was refused, if anything was. */
  private Optional<Instant> again(Observation seen) {
    Optional<Refusal> refusal = Optional.ofNullable(seen.refusal());
    Optional<Refusal> undeleted =
        refusal.filter(it -> seen.hasFinished() && it.kind() == Refusal.Kind.REFUSED);
    boolean refused = refusal.isPresent() && !seen.hasFinished();
    if (undeleted.isEmpty() && !refused && !NoPod.isFound(seen)) {
      backoff.over(seen.training());
      return Optional.empty();
    }
    Duration wait = backoff.next(seen.training(), AFTER_REFUSAL);
    undeleted // the status of what has finished stays as it is
        .filter(it -> wait.equals(AFTER_REFUSAL))
        .map(it -> new Announcement("Warning", "JobNotDeleted", it.message()))
        .ifPresent(news -> events.tell(seen.training(), news));
    return Optional.of(seen.now().plus(wait));
  }

  private static UpdateControl<FusionTraining> nextLook(
      Observation seen, StatusChange change, Optional<Instant> again, boolean goesOn) {
    Optional<Instant> soon = goesOn ? Optional.of(seen.now().plus(SOON)) : Optional.empty();
    return Stream.of(
            Optional.ofNullable(change.until()),
            Step.timeToLive(seen),
            Step.lingersUntil(seen),
            again,
            soon)
        .flatMap(Optional::stream)
        .min(Instant::compareTo)
        .map(next -> Duration.between(seen.now(), next))
        .filter(wait -> !wait.isNegative() && !wait.isZero())
        .map(wait -> UpdateControl.<FusionTraining>noUpdate().rescheduleAfter(wait))
        .orElseGet(UpdateControl::noUpdate);
  }

  @Override
  public ErrorStatusUpdateControl<FusionTraining> updateErrorStatus(
      FusionTraining training, Context<FusionTraining> context, Exception e) {
    reconciles.failed(e);
    boolean first = context.getRetryInfo().map(RetryInfo::getAttemptCount).orElse(0) == 0;
    if (first && e instanceof KubernetesClientException request && Refusal.isAnswer(request)) {
      String why = String.valueOf(e.getMessage()); // the status itself could not be told
      events.tell(training, new Announcement("Warning", "ReconcileFailed", why));
    }
    return ErrorStatusUpdateControl.noStatusUpdate(); // what was written last is still true
  }
}
