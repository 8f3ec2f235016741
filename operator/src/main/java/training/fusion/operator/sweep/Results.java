package training.fusion.operator.sweep;

import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.operator.informer.ResourceVersionsWentBack;
import training.fusion.operator.resource.Refusal;
import training.fusion.operator.sweep.report.Groups;
import training.fusion.operator.sweep.trial.Cell;
import training.fusion.operator.sweep.trial.Trial;
import training.fusion.operator.sweep.trial.TrialRow;
import training.fusion.operator.training.Backoff;

/**
 * Keeps what trials have come to, in rows and a report: as results come, but at most every half a
 * minute, and at once when the last trial has ended.
 */
@Singleton
class Results {
  private static final Duration INTERVAL = Duration.ofSeconds(30);
  private static final Duration AFTER_REFUSAL = Duration.ofSeconds(1);

  /** Sweeps whose last writing is remembered. */
  private static final int REMEMBERED = 1000;

  private final InstantSource clock;
  private final Trials trials;
  private final TrialRowStore rows;
  private final ReportMap reports;
  private final Backoff backoff;
  private final Map<String, Written> written = new LinkedHashMap<>();

  Results(
      InstantSource clock, Trials trials, TrialRowStore rows, ReportMap reports, Backoff backoff) {
    this.clock = clock;
    this.trials = trials;
    this.rows = rows;
    this.reports = reports;
    this.backoff = backoff;
  }

  /**
   * What became of the last writing.
   *
   * @param next when more may be written
   * @param pauses how often trials had paused by then
   */
  private record Written(
      Instant next, @Nullable Long generation, int pauses, @Nullable Refusal refusal) {}

  /**
   * What is kept now.
   *
   * @param rows by trial, without histories
   * @param groups as they are by now; empty if nothing was written
   * @param next when more will be
   * @param refusal why it could not be written
   */
  record Kept(
      Map<String, TrialRow> rows,
      Optional<Groups> groups,
      Optional<Instant> next,
      Optional<Refusal> refusal) {}

  /** Writes what is due. */
  Kept keep(SweepObservation seen) {
    FusionSweep sweep = seen.sweep();
    List<FusionTraining> rowless = seen.rowless();
    Written last = written(sweep);
    Long generation = sweep.getMetadata().getGeneration();
    Instant now = clock.instant();
    if (last != null && Objects.equals(last.generation, generation)) {
      if (last.refusal != null && now.isBefore(last.next)) {
        return refused(seen.rows(), last.next, last.refusal);
      }
      if (last.refusal == null && rowless.isEmpty() && last.pauses == seen.pauses()) {
        return new Kept(seen.rows(), Optional.empty(), Optional.empty(), Optional.empty());
      }
      if (last.refusal == null && !seen.hasEnded() && now.isBefore(last.next)) {
        return new Kept(seen.rows(), Optional.empty(), Optional.of(last.next), Optional.empty());
      }
    }
    try {
      // each row takes a request: one is enough to see whether it is still refused
      int first = last == null || last.refusal == null ? 0 : Math.min(1, rowless.size());
      rows.add(sweep, rowsOf(seen, rowless.subList(0, first)));
      rows.add(sweep, rowsOf(seen, rowless.subList(first, rowless.size())));
      SweepObservation kept = seen.with(rows.of(sweep));
      List<TrialRow> table = table(kept);
      reports.write(sweep, table, kept.plan().courses());
      remember(sweep, new Written(now.plus(INTERVAL), generation, seen.pauses(), null));
      return new Kept(
          kept.rows(), Optional.of(Groups.of(table)), Optional.empty(), Optional.empty());
    } catch (Refused e) {
      Instant next = now.plus(backoff.next(sweep, AFTER_REFUSAL));
      remember(sweep, new Written(next, generation, seen.pauses(), e.refusal()));
      return refused(seen.rows(), next, e.refusal());
    }
  }

  private static Kept refused(Map<String, TrialRow> rows, Instant next, Refusal refusal) {
    return new Kept(rows, Optional.empty(), Optional.of(next), Optional.of(refusal));
  }

  private List<TrialRow> rowsOf(SweepObservation seen, List<FusionTraining> ended) {
    Map<String, Cell> cells = new HashMap<>();
    seen.trials().forEach(trial -> cells.put(trial.name(), trial.cell()));
    List<TrialRow> all = new ArrayList<>();
    for (FusionTraining training : ended) {
      FusionTraining whole =
          trials
              .read(training)
              .orElseThrow(
                  () ->
                      new KubernetesClientException(
                          "trial " + training.getMetadata().getName() + " is gone", 409, null));
      Cell cell = cells.get(training.getMetadata().getName());
      all.add(EndedTrial.row(whole, cell == null ? EndedTrial.cell(whole) : cell));
    }
    return all;
  }

  /** All trials of the matrix in its order, ended or not, then those that it has no more. */
  private List<TrialRow> table(SweepObservation seen) {
    Map<String, TrialRow> whole = new HashMap<>();
    rows.whole(seen.sweep()).forEach(row -> whole.put(row.trial(), row));
    List<TrialRow> table = new ArrayList<>();
    boolean ended = seen.hasEnded();
    for (Trial trial : seen.trials()) {
      TrialRow row = whole.get(trial.name());
      table.add(row != null ? row : unfinished(seen, trial, ended));
    }
    Set<String> asked = seen.asked();
    whole.values().stream()
        .filter(row -> !asked.contains(row.trial()))
        .forEach(row -> table.add(row.in(TrialRow.State.EXCLUDED)));
    return table;
  }

  private static TrialRow unfinished(SweepObservation seen, Trial trial, boolean ended) {
    TrialRow.State state =
        switch (seen.where(trial.name())) {
          case PENDING -> ended ? TrialRow.State.LEFT_OUT : TrialRow.State.PENDING;
          case PAUSED -> TrialRow.State.PAUSED;
          default -> TrialRow.State.RUNNING;
        };
    return TrialRow.of(trial.name(), trial.cell(), state).with(seen.pausesOf(trial.name()));
  }

  /** What was kept last may not stand in the status: the next look writes all anew. */
  synchronized void forget(FusionSweep sweep) {
    written.remove(sweep.getMetadata().getUid());
  }

  /** All is written anew. */
  synchronized void forget(@Observes ResourceVersionsWentBack event) {
    written.clear();
  }

  private synchronized @Nullable Written written(FusionSweep sweep) {
    return written.get(sweep.getMetadata().getUid());
  }

  private synchronized void remember(FusionSweep sweep, Written now) {
    written.put(sweep.getMetadata().getUid(), now);
    if (written.size() > REMEMBERED) {
      written.remove(written.keySet().iterator().next());
    }
  }
}
