package training.fusion.local.console;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.OptimizationSummary;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunPhase;
import training.fusion.console.ProgressRow;

/** Trainings and sweeps as rows: a sweep, and below it its trials by strategy and seed. */
public final class TrainingRows {
  private TrainingRows() {}

  /** All of them; trials stand below their sweep. */
  public static List<ProgressRow> of(
      List<FusionTraining> trainings, List<FusionSweep> sweeps, Instant now) {
    List<ProgressRow> rows = new ArrayList<>();
    List<FusionTraining> alone = new ArrayList<>(trainings);
    for (FusionSweep sweep : sweeps) {
      List<FusionTraining> trials =
          trainings.stream().filter(training -> training.hasOwnerReferenceFor(sweep)).toList();
      rows.add(SweepRow.of(sweep, trials, now));
      // a row is known by its name: those of another sweep have another
      String indent = sweeps.size() > 1 ? "  " + sweep.getMetadata().getName() + ": " : "  ";
      boolean several = trials.stream().map(TrainingRows::cell).distinct().count() > 1;
      trials.stream()
          .map(trial -> of(trial, indent + (several ? cell(trial) + ", " : "") + trial(trial), now))
          .sorted(Comparator.comparing(ProgressRow::name))
          .forEach(rows::add);
      alone.removeAll(trials);
    }
    alone.forEach(training -> rows.add(of(training, training.getMetadata().getName(), now)));
    return rows;
  }

  /** A trial's network and data set, as the sweep calls them. */
  private static String cell(FusionTraining trial) {
    Map<String, String> annotations =
        Objects.requireNonNullElse(trial.getMetadata().getAnnotations(), Map.of());
    return annotations.getOrDefault("fusion.training/arm", "")
        + " "
        + annotations.getOrDefault("fusion.training/dataset", "");
  }

  /** What tells a trial from the others of its cell. */
  private static String trial(FusionTraining trial) {
    return "seed %s: %s"
        .formatted(
            trial.getSpec().training().seed(),
            OptimizationSummary.words(
                trial.getSpec().optimization(), trial.getSpec().model().architecture()));
  }

  private static ProgressRow of(FusionTraining training, String name, Instant now) {
    FusionTrainingStatus status = training.getStatus();
    Progress progress = status == null ? null : status.progress();
    Metrics metrics = metrics(status);
    String state = state(training);
    boolean running = state.equals(ProgressRow.RUNNING);
    Optional<Duration> left = running ? remaining(training, now) : Optional.empty();
    return new ProgressRow(
        name,
        state,
        running ? phase(progress) : state,
        state.equals("Succeeded")
            ? 100
            : progress == null ? 0 : Objects.requireNonNullElse(progress.percent(), 0),
        progress == null || progress.epoch() == null
            ? ProgressRow.NOTHING
            : progress.epoch() + "/" + progress.epochs(),
        running && progress != null
            ? ProgressRow.number(progress.imagesPerSecond(), 0)
            : ProgressRow.NOTHING,
        left.map(ProgressRow::duration).orElse(ProgressRow.NOTHING),
        ProgressRow.number(metrics == null ? null : metrics.accuracy(), 4),
        ProgressRow.number(metrics == null ? null : metrics.loss(), 4),
        ProgressRow.number(metrics == null ? null : metrics.f1(), 4));
  }

  /** Before its first report a trainer loads data and weights. */
  private static String phase(@Nullable Progress progress) {
    if (progress == null || progress.epoch() == null) {
      return word(RunPhase.LOADING);
    }
    return progress.phase() == null ? ProgressRow.RUNNING : word(progress.phase());
  }

  /** Time to the end of one that runs; empty: not known yet. */
  static Optional<Duration> remaining(FusionTraining training, Instant now) {
    return Optional.ofNullable(training.getStatus())
        .map(FusionTrainingStatus::progress)
        .map(Progress::estimatedCompletionTime)
        .map(end -> Duration.between(now, Instant.parse(end)))
        .map(left -> left.isNegative() ? Duration.ZERO : left);
  }

  private static @Nullable Metrics metrics(@Nullable FusionTrainingStatus status) {
    if (status == null) {
      return null;
    }
    // the lifecycle copies them up a moment later
    return status.metrics() != null || status.progress() == null
        ? status.metrics()
        : status.progress().metrics();
  }

  /** The state in a word. */
  static String state(FusionTraining training) {
    State state = training.getStatus() == null ? null : training.getStatus().state();
    return state == null ? "Pending" : word(state);
  }

  private static String word(Enum<?> constant) {
    return constant.name().charAt(0) + constant.name().substring(1).toLowerCase(Locale.ROOT);
  }
}
