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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.informer.OwnStores;
import training.fusion.operator.job.Labels;
import training.fusion.operator.resource.Ownership;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.resource.StatusSubresource;
import training.fusion.operator.sweep.trial.Trial;
import training.fusion.operator.training.Backoff;
import training.fusion.operator.training.Reconciles;
import training.fusion.operator.watch.SweepInformer;
import training.fusion.operator.watch.TrainingInformers;

/** Makes a sweep's trials, rows, report and status what they should be. */
@ControllerConfiguration(
    name = "fusionsweep",
    maxReconciliationInterval =
        @MaxReconciliationInterval(interval = 10, timeUnit = TimeUnit.MINUTES),
    generationAwareEventProcessing = false,
    informer =
        @Informer(
            onUpdateFilter = ChangedSpec.class,
            informerListLimit = TrainingInformers.LIST_LIMIT))
@GradualRetry(maxAttempts = Integer.MAX_VALUE, initialInterval = 500, maxInterval = 30_000)
public class FusionSweepReconciler implements Reconciler<FusionSweep> {
  private static final Duration AFTER_CONFLICT = Duration.ofMillis(100);

  /** Nothing tells us when what was refused would be accepted. */
  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(1);

  /** Whether a name is free is seen in a cache: to look costs nothing. */
  private static final Duration WHILE_TAKEN = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final Trials trials;
  private final TrialRowStore rows;
  private final Results results;
  private final StatusSubresource statuses;
  private final TrainingInformers trainings;
  private final SweepInformer sweeps;
  private final Backoff backoff;
  private final Reconciles reconciles;
  private @Nullable InformerEventSource<FusionTraining, FusionSweep> watched;

  FusionSweepReconciler(
      InstantSource clock,
      Trials trials,
      TrialRowStore rows,
      Results results,
      StatusSubresource statuses,
      TrainingInformers trainings,
      SweepInformer sweeps,
      Backoff backoff,
      Reconciles reconciles) {
    this.clock = clock;
    this.trials = trials;
    this.rows = rows;
    this.results = results;
    this.statuses = statuses;
    this.trainings = trainings;
    this.sweeps = sweeps;
    this.backoff = backoff;
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
                    .withInformerListLimit(TrainingInformers.LIST_LIMIT)
                    .withOnUpdateFilter(new ChangedTrial())
                    .build(),
                ChangedTrial::store),
            context);
    sweeps.seenBy(context.getPrimaryCache());
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
        return UpdateControl.<FusionSweep>noUpdate()
            .rescheduleAfter(backoff.next(sweep, AFTER_CONFLICT));
      }
      if (StatusSubresource.isGone(e)) {
        backoff.over(sweep);
        return UpdateControl.noUpdate(); // the sweep was deleted meanwhile
      }
      throw e;
    }
  }

  /** One look at a sweep. When another is due, though nothing may change until then. */
  private Optional<Instant> advance(FusionSweep sweep, Context<FusionSweep> context) {
    try {
      BadSweep.ifUnread(sweep);
      return advance(look(sweep, context), context);
    } catch (BadSweep problem) {
      write(sweep, SweepStatus.patch(sweep, problem, clock.instant()), context);
      return Optional.empty();
    } catch (Refused e) { // its rows can't be read
      write(sweep, SweepStatus.patch(sweep, e.refusal(), clock.instant()), context);
      return Optional.of(clock.instant().plus(backoff.next(sweep, AFTER_REFUSAL)));
    }
  }

  private SweepObservation look(FusionSweep sweep, Context<FusionSweep> context) {
    List<Trial> asked = MatrixExpansion.of(sweep);
    SearchPlan.check(sweep.getSpec(), asked);
    var seen = new SweepObservation(sweep, asked, existing(context), rows.of(sweep), Map.of());
    return seen.taken(names(seen));
  }

  private Optional<Instant> advance(SweepObservation before, Context<FusionSweep> context) {
    FusionSweep sweep = before.sweep();
    if (!isNew(sweep) && SweepStatus.isRefused(sweep)) {
      return Optional.empty(); // until its spec changes
    }
    Optional<Refusal> acted = act(before, context);
    SweepObservation seen =
        new SweepObservation(
            sweep, before.trials(), existing(context), before.rows(), before.taken());
    Results.Kept kept = results.keep(seen);
    Optional<Refusal> taken = seen.taken().values().stream().findFirst().map(seen::andOthers);
    Optional<Refusal> refusal =
        Stream.of(acted, kept.refusal(), taken).flatMap(Optional::stream).reduce(Refusal::and);
    write(
        sweep,
        SweepStatus.patch(
            seen.with(kept.rows()), rows.names(sweep), kept.groups(), refusal, clock.instant()),
        context);
    return next(sweep, kept, acted.isPresent(), taken.isPresent());
  }

  private Optional<Instant> next(
      FusionSweep sweep, Results.Kept kept, boolean refused, boolean taken) {
    if (!refused && kept.refusal().isEmpty()) {
      backoff.over(sweep);
    }
    Instant now = clock.instant();
    Optional<Instant> again =
        refused ? Optional.of(now.plus(backoff.next(sweep, AFTER_REFUSAL))) : Optional.empty();
    Optional<Instant> free = taken ? Optional.of(now.plus(WHILE_TAKEN)) : Optional.empty();
    return Stream.of(kept.next(), again, free).flatMap(Optional::stream).min(Instant::compareTo);
  }

  /** Does what is to be done, up to the first refusal. */
  private Optional<Refusal> act(SweepObservation seen, Context<FusionSweep> context) {
    try {
      SearchPlan plan = seen.plan();
      if (isNew(seen.sweep())) {
        trials.check(
            seen.sweep(),
            seen.unmade().stream()
                .map(trial -> trial.pausingAfter(plan.pauseAfterEpoch(trial.name())))
                .toList());
      }
      seen.stoppable().forEach(trial -> change(trial, trials::stop, context));
      for (Trial trial : seen.startable()) {
        Integer pause = plan.pauseAfterEpoch(trial.name());
        FusionTraining stopped = seen.existing().get(trial.name());
        if (stopped != null) {
          change(stopped, asRead -> trials.goOn(asRead, pause), context);
        } else {
          trials.create(
              seen.sweep(), trial.pausingAfter(pause), context.resourceOperations()::create);
        }
      }
      return Optional.empty();
    } catch (Refused e) {
      return Optional.of(e.refusal());
    }
  }

  /** What the API server answers is remembered: the next look counts it, whatever informers say. */
  private void change(
      FusionTraining trial, UnaryOperator<FusionTraining> change, Context<FusionSweep> context) {
    context.resourceOperations().resourcePatch(trial, change, watched());
  }

  private static boolean isNew(FusionSweep sweep) {
    return sweep.getStatus() == null
        || !sweep.getMetadata().getGeneration().equals(sweep.getStatus().observedGeneration());
  }

  private static Map<String, FusionTraining> existing(Context<FusionSweep> context) {
    Map<String, FusionTraining> existing = new HashMap<>();
    FusionSweep sweep = context.getPrimaryResource();
    context
        .getSecondaryResourcesAsStream(FusionTraining.class)
        .filter(trial -> Ownership.isOurs(trial, sweep))
        .forEach(trial -> existing.put(trial.getMetadata().getName(), trial));
    return existing;
  }

  /** Which trials can't be made because another training has their name; no request is made. */
  private Map<String, Refusal> names(SweepObservation seen) {
    FusionSweep sweep = seen.sweep();
    Map<String, Refusal> taken = new LinkedHashMap<>();
    for (Trial trial : seen.unmade()) {
      trainings
          .training(sweep.getMetadata().getNamespace(), trial.name())
          .filter(there -> !Ownership.isOurs(there, sweep))
          .ifPresent(there -> taken.put(trial.name(), Trials.taken(there, sweep)));
    }
    return taken;
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
