package training.fusion.operator.sweep;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.config.informer.Informer;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.ErrorStatusUpdateControl;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.retry.GradualRetry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.informer.OwnStores;
import training.fusion.operator.job.Labels;
import training.fusion.operator.status.StatusSubresource;
import training.fusion.operator.status.Watched;
import training.fusion.operator.training.Reconciles;

/** Makes a sweep's trials, rows, report and status what they should be. */
@ControllerConfiguration(
    name = "fusionsweep",
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES),
    generationAwareEventProcessing = false,
    informer =
        @Informer(onUpdateFilter = ChangedSpec.class, informerListLimit = Watched.LIST_LIMIT))
@GradualRetry(maxAttempts = Integer.MAX_VALUE, initialInterval = 500, maxInterval = 30_000)
public class FusionSweepReconciler implements Reconciler<FusionSweep> {
  private static final Duration AFTER_CONFLICT = Duration.ofMillis(100);

  private final InstantSource clock;
  private final Trials trials;
  private final Rows rows;
  private final Results results;
  private final StatusSubresource statuses;
  private final Reconciles reconciles;
  private @Nullable InformerEventSource<FusionTraining, FusionSweep> watched;

  FusionSweepReconciler(
      InstantSource clock,
      Trials trials,
      Rows rows,
      Results results,
      StatusSubresource statuses,
      Reconciles reconciles) {
    this.clock = clock;
    this.trials = trials;
    this.rows = rows;
    this.results = results;
    this.statuses = statuses;
    this.reconciles = reconciles;
  }

  @Override
  public List<EventSource<?, FusionSweep>> prepareEventSources(
      EventSourceContext<FusionSweep> context) {
    watched =
        new InformerEventSource<>(
            OwnStores.in(
                InformerEventSourceConfiguration.from(FusionTraining.class, FusionSweep.class)
                    .withLabelSelector(Labels.SWEEP_UID)
                    .withInformerListLimit(Watched.LIST_LIMIT)
                    .withOnUpdateFilter(new ChangedTrial())
                    .build(),
                ChangedTrial::store),
            context);
    return List.of(watched());
  }

  private InformerEventSource<FusionTraining, FusionSweep> watched() {
    return Objects.requireNonNull(watched, "prepareEventSources comes first");
  }

  @Override
  public UpdateControl<FusionSweep> reconcile(FusionSweep sweep, Context<FusionSweep> context) {
    try {
      Optional<Instant> next = advance(sweep, context);
      reconciles.succeeded();
      return next.map(time -> Duration.between(clock.instant(), time))
          .map(wait -> wait.compareTo(AFTER_CONFLICT) < 0 ? AFTER_CONFLICT : wait)
          .map(wait -> UpdateControl.<FusionSweep>noUpdate().rescheduleAfter(wait))
          .orElseGet(UpdateControl::noUpdate);
    } catch (KubernetesClientException e) {
      results.forget(sweep);
      if (StatusSubresource.isConflict(e)) {
        return UpdateControl.<FusionSweep>noUpdate().rescheduleAfter(AFTER_CONFLICT);
      }
      if (StatusSubresource.isGone(e)) {
        return UpdateControl.noUpdate(); // the sweep was deleted meanwhile
      }
      throw e;
    }
  }

  /** One look at a sweep. When another is due, though nothing may change until then. */
  private Optional<Instant> advance(FusionSweep sweep, Context<FusionSweep> context) {
    Seen seen;
    try {
      BadSweep.ifUnread(sweep);
      seen = new Seen(sweep, Expansion.of(sweep), existing(context), rows.of(sweep));
      if (isNew(sweep)) {
        trials.check(sweep, seen.unmade());
      } else if (SweepStatus.isRefused(sweep)) {
        return Optional.empty(); // until its spec changes
      }
    } catch (BadSweep problem) {
      write(sweep, SweepStatus.patch(sweep, problem, clock.instant()), context);
      return Optional.empty();
    }
    act(seen, context);
    seen = new Seen(sweep, seen.trials(), existing(context), seen.rows());
    Results.Kept kept = results.keep(seen);
    write(
        sweep,
        SweepStatus.patch(
            seen.with(kept.rows()), rows.names(sweep), kept.groups(), clock.instant()),
        context);
    return kept.next();
  }

  private void act(Seen seen, Context<FusionSweep> context) {
    seen.stoppable().forEach(trial -> suspend(trial, true, context));
    for (Trial trial : seen.startable()) {
      FusionTraining stopped = seen.existing().get(trial.name());
      if (stopped != null) {
        suspend(stopped, false, context);
      } else {
        trials.create(seen.sweep(), trial, context.resourceOperations()::create);
      }
    }
  }

  /** What the API server answers is remembered: the next look counts it, whatever informers say. */
  private void suspend(FusionTraining trial, boolean suspend, Context<FusionSweep> context) {
    context
        .resourceOperations()
        .resourcePatch(trial, asRead -> trials.suspend(asRead, suspend), watched());
  }

  private static boolean isNew(FusionSweep sweep) {
    return sweep.getStatus() == null
        || !sweep.getMetadata().getGeneration().equals(sweep.getStatus().observedGeneration());
  }

  private static Map<String, FusionTraining> existing(Context<FusionSweep> context) {
    Map<String, FusionTraining> existing = new HashMap<>();
    String uid = context.getPrimaryResource().getMetadata().getUid();
    context
        .getSecondaryResourcesAsStream(FusionTraining.class)
        .filter(trial -> Labels.value(trial, Labels.SWEEP_UID).equals(uid))
        .forEach(trial -> existing.put(trial.getMetadata().getName(), trial));
    return existing;
  }

  private void write(FusionSweep sweep, ObjectNode patch, Context<FusionSweep> context) {
    try {
      written(sweep, patch, context);
    } catch (KubernetesClientException e) {
      if (!StatusSubresource.isRefused(e)) {
        throw e;
      }
      written(sweep, SweepStatus.without(e, sweep, patch), context);
    }
  }

  private void written(FusionSweep sweep, ObjectNode patch, Context<FusionSweep> context) {
    if (!patch.isEmpty()) {
      context
          .resourceOperations()
          .resourcePatch(
              sweep,
              asRead -> statuses.patch(asRead, patch),
              context.eventSourceRetriever().getControllerEventSource());
    }
  }

  @Override
  public ErrorStatusUpdateControl<FusionSweep> updateErrorStatus(
      FusionSweep sweep, Context<FusionSweep> context, Exception e) {
    reconciles.failed(e);
    return ErrorStatusUpdateControl.noStatusUpdate();
  }
}
