package training.fusion.operator.sweep;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.Pause;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepSpec;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.sweep.trial.Trial;
import training.fusion.operator.sweep.trial.TrialRow;

/**
 * All that is known of a sweep at one moment. What is to be done is a function of it.
 *
 * @param trials that the matrix asks for, in its order
 * @param existing FusionTrainings of the sweep by name, those that it does not ask for any more too
 * @param rows of ended trials by name, without histories
 * @param taken what is said of those whose name another training has
 */
record SweepObservation(
    FusionSweep sweep,
    List<Trial> trials,
    Map<String, FusionTraining> existing,
    Map<String, TrialRow> rows,
    Map<String, Refusal> taken) {
  /** Trials at once, where the spec does not say. */
  private static final int ALONE = 1;

  /** Where a trial is. */
  enum Where {
    /** Not begun, or stopped. */
    PENDING,
    /** It may hold a device: from its creation until it has ended or stopped. */
    RUNNING,
    /** Stopped after the epoch that the search has let it go to. */
    PAUSED,
    SUCCEEDED,
    FAILED
  }

  /** The same with other rows. */
  SweepObservation with(Map<String, TrialRow> others) {
    return new SweepObservation(sweep, trials, existing, others, taken);
  }

  /** The same, with what is said of names that are taken. */
  SweepObservation taken(Map<String, Refusal> others) {
    return new SweepObservation(sweep, trials, existing, rows, others);
  }

  /** What is said of one name that is taken, and how many more are. */
  Refusal andOthers(Refusal first) {
    int others = taken.size() - 1;
    return others == 0
        ? first
        : new Refusal(
            first.kind(), "%s; %d more are in the way".formatted(first.message(), others));
  }

  Where where(String trial) {
    TrialRow row = rows.get(trial);
    if (row != null) {
      return row.state() == TrialRow.State.SUCCEEDED ? Where.SUCCEEDED : Where.FAILED;
    }
    FusionTraining training = existing.get(trial);
    if (training == null) {
      return Where.PENDING;
    }
    State state = stateOf(training);
    if (state == State.SUCCEEDED) {
      return Where.SUCCEEDED;
    }
    if (state == State.FAILED) {
      return Where.FAILED;
    }
    if (state == State.PAUSED && pausedWhereAsked(training)) {
      return Where.PAUSED;
    }
    return isAskedToStop(training) && state == State.SUSPENDED ? Where.PENDING : Where.RUNNING;
  }

  /** Where a trial has paused; null: nowhere yet, or nobody knows of it. */
  @Nullable List<Pause> pausesOf(String trial) {
    FusionTraining training = existing.get(trial);
    return training == null || training.getStatus() == null ? null : training.getStatus().pauses();
  }

  /** How often trials have paused; each time there is more to report. */
  int pauses() {
    return existing.keySet().stream()
        .map(this::pausesOf)
        .filter(Objects::nonNull)
        .mapToInt(List::size)
        .sum();
  }

  /** How far each trial is to be trained by now. */
  SearchPlan plan() {
    return SearchPlan.of(spec(), trials, existing, rows);
  }

  /** How many of the matrix' trials are there. */
  int count(Where where) {
    return (int) trials.stream().filter(trial -> where(trial.name()) == where).count();
  }

  boolean suspended() {
    return Boolean.TRUE.equals(spec().suspend());
  }

  /** Whether more trials have failed than are put up with. */
  boolean hasFailed() {
    return count(Where.FAILED) > Objects.requireNonNullElse(spec().maxFailedTrials(), 0);
  }

  /** Whether no trial is left to do. */
  boolean hasEnded() {
    SearchPlan plan = plan();
    return trials.stream()
        .map(Trial::name)
        .noneMatch(trial -> where(trial) == Where.RUNNING || isToStart(trial, plan));
  }

  /** Whether a trial that does not run is to begin, or to go on. */
  private boolean isToStart(String trial, SearchPlan plan) {
    return switch (where(trial)) {
      case PENDING -> plan.asks(trial);
      case PAUSED -> plan.asks(trial) && isBehind(trial, plan.pauseAfterEpoch(trial));
      default -> false;
    };
  }

  private boolean isBehind(String trial, @Nullable Integer epoch) {
    return epoch == null || lastPause(Objects.requireNonNull(existing.get(trial))) < epoch;
  }

  /**
   * Trials that may start or go on now; one seed after the other, so that groups fill evenly. Of a
   * search those go first that others wait for.
   */
  List<Trial> startable() {
    if (suspended() || hasFailed()) {
      return List.of();
    }
    SearchPlan plan = plan();
    List<Integer> seeds = spec().matrix().seeds();
    return trials.stream()
        .filter(trial -> isToStart(trial.name(), plan) && !taken.containsKey(trial.name()))
        .sorted(
            Comparator.comparingInt((Trial trial) -> plan.rung(trial.name()))
                .thenComparingInt(trial -> seeds.indexOf(trial.cell().seed())))
        .limit(Math.max(0, slots()))
        .toList();
  }

  private int slots() {
    long running =
        existing.keySet().stream().filter(trial -> where(trial) == Where.RUNNING).count();
    return Objects.requireNonNullElse(spec().parallelism(), ALONE) - (int) running;
  }

  /** Trials that are to save and stop: all of a suspended sweep, and those not asked for. */
  List<FusionTraining> stoppable() {
    Set<String> asked = asked();
    return existing.values().stream()
        .filter(training -> suspended() || !asked.contains(name(training)))
        .filter(training -> where(name(training)) == Where.RUNNING && !isAskedToStop(training))
        .toList();
  }

  /** Trials that were never made, as far as is known. */
  List<Trial> unmade() {
    return trials.stream()
        .filter(trial -> !rows.containsKey(trial.name()) && !existing.containsKey(trial.name()))
        .toList();
  }

  /** Ended trials without a row. */
  List<FusionTraining> rowless() {
    return existing.values().stream()
        .filter(training -> !rows.containsKey(name(training)))
        .filter(
            training -> stateOf(training) == State.SUCCEEDED || stateOf(training) == State.FAILED)
        .toList();
  }

  Set<String> asked() {
    return trials.stream().map(Trial::name).collect(Collectors.toSet());
  }

  private FusionSweepSpec spec() {
    return sweep.getSpec();
  }

  private static String name(FusionTraining training) {
    return training.getMetadata().getName();
  }

  private static boolean isAskedToStop(FusionTraining training) {
    return Boolean.TRUE.equals(training.getSpec().suspend());
  }

  private static boolean pausedWhereAsked(FusionTraining training) {
    Integer asked = training.getSpec().pauseAfterEpoch();
    return asked != null && asked <= lastPause(training);
  }

  /** The epoch that a trial has paused after last; 0: it never has. */
  private static int lastPause(FusionTraining training) {
    List<Pause> pauses = training.getStatus() == null ? null : training.getStatus().pauses();
    return pauses == null || pauses.isEmpty() ? 0 : pauses.get(pauses.size() - 1).epoch();
  }

  /** The state of the run that its spec asks for; null while nothing is known of that. */
  private static @Nullable State stateOf(FusionTraining training) {
    FusionTrainingStatus status = training.getStatus();
    boolean ofThisRun =
        status != null
            && Objects.requireNonNullElse(status.runId(), "")
                .equals(Objects.requireNonNullElse(training.getSpec().runId(), ""));
    return ofThisRun ? status.state() : null;
  }
}
