package training.fusion.operator.sweep;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
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
    return isAskedToStop(training) && state == State.SUSPENDED ? Where.PENDING : Where.RUNNING;
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
    return trials.stream()
        .map(trial -> where(trial.name()))
        .allMatch(where -> where == Where.SUCCEEDED || where == Where.FAILED);
  }

  /** Trials that may start or go on now; one seed after the other, so that groups fill evenly. */
  List<Trial> startable() {
    if (suspended() || hasFailed()) {
      return List.of();
    }
    Map<Integer, List<Trial>> bySeed = new HashMap<>();
    for (Trial trial : trials) {
      if (where(trial.name()) == Where.PENDING && !taken.containsKey(trial.name())) {
        bySeed.computeIfAbsent(trial.cell().seed(), seed -> new ArrayList<>()).add(trial);
      }
    }
    return spec().matrix().seeds().stream()
        .flatMap(seed -> bySeed.getOrDefault(seed, List.of()).stream())
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
