package training.fusion.local.console;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.api.resource.sweep.FusionSweepStatus.Search;
import training.fusion.api.resource.sweep.FusionSweepStatus.Trials;
import training.fusion.console.ProgressRow;

/** A sweep as a row: how many trials have ended, and when the last one will. */
final class SweepRow {
  private SweepRow() {}

  static ProgressRow of(FusionSweep sweep, List<FusionTraining> trials, Instant now) {
    FusionSweepStatus status = sweep.getStatus();
    Trials counted = status == null ? null : status.trials();
    String state = SweepBlock.state(status);
    Search search = status == null ? null : status.search();
    int total = counted == null ? 0 : counted.total();
    int ended = counted == null ? 0 : counted.succeeded() + counted.failed();
    return new ProgressRow(
        sweep.getMetadata().getName(),
        state,
        state,
        search == null
            ? percent(total, ended, trials)
            : (int) (100 * search.trainedEpochs() / Math.max(1, search.plannedEpochs())),
        total == 0 ? ProgressRow.NOTHING : "%d of %d".formatted(ended, total),
        ProgressRow.NOTHING,
        counted == null || search != null || !state.equals(ProgressRow.RUNNING)
            ? ProgressRow.NOTHING
            : remaining(sweep, counted, trials, now)
                .map(ProgressRow::duration)
                .orElse(ProgressRow.NOTHING),
        ProgressRow.NOTHING,
        ProgressRow.NOTHING,
        ProgressRow.NOTHING);
  }

  private static int percent(int total, int ended, List<FusionTraining> trials) {
    if (total == 0) {
      return 0;
    }
    int underWay =
        running(trials)
            .map(trial -> trial.getStatus().progress())
            .filter(Objects::nonNull)
            .mapToInt(progress -> Objects.requireNonNullElse(progress.percent(), 0))
            .sum();
    return Math.min(100, (100 * ended + underWay) / total);
  }

  /** By what trials took that have ended; before one has, by what the first one will take. */
  private static Optional<Duration> remaining(
      FusionSweep sweep, Trials counted, List<FusionTraining> trials, Instant now) {
    List<Duration> underWay =
        running(trials).flatMap(trial -> TrainingRows.remaining(trial, now).stream()).toList();
    Optional<Duration> each = each(trials, now);
    if (each.isEmpty()) {
      return Optional.empty();
    }
    int unknown = Math.max(0, counted.running() - underWay.size());
    Duration work = each.get().multipliedBy((long) counted.pending() + unknown);
    for (Duration left : underWay) {
      work = work.plus(left);
    }
    int atOnce = Objects.requireNonNullElse(sweep.getSpec().parallelism(), 1);
    int open = Math.max(1, counted.pending() + counted.running());
    return Optional.of(work.dividedBy(Math.max(1, Math.min(atOnce, open))));
  }

  private static Optional<Duration> each(List<FusionTraining> trials, Instant now) {
    List<Duration> known =
        trials.stream().flatMap(trial -> took(trial.getStatus()).stream()).toList();
    if (known.isEmpty()) {
      known =
          running(trials)
              .flatMap(
                  trial ->
                      TrainingRows.remaining(trial, now).stream()
                          .map(left -> since(trial.getStatus(), now).plus(left)))
              .toList();
    }
    return known.isEmpty()
        ? Optional.empty()
        : Optional.of(known.stream().reduce(Duration.ZERO, Duration::plus).dividedBy(known.size()));
  }

  private static Stream<FusionTraining> running(List<FusionTraining> trials) {
    return trials.stream().filter(trial -> TrainingRows.state(trial).equals(ProgressRow.RUNNING));
  }

  private static Duration since(FusionTrainingStatus status, Instant now) {
    return status.startTime() == null
        ? Duration.ZERO
        : Duration.between(Instant.parse(status.startTime()), now);
  }

  private static Optional<Duration> took(FusionTrainingStatus status) {
    return status == null || status.startTime() == null || status.completionTime() == null
        ? Optional.empty()
        : Optional.of(
            Duration.between(
                Instant.parse(status.startTime()), Instant.parse(status.completionTime())));
  }
}
