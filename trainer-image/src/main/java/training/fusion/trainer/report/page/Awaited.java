package training.fusion.trainer.report.page;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * When the page of a run under way was written, and how long it stands: it is written anew while
 * steps are made and after each epoch, so one that was not is of a run that has ended without a
 * word.
 *
 * @param written ISO 8601
 * @param seconds after which the page itself says so
 */
public record Awaited(String written, long seconds) {
  private static final long LEAST_SECONDS = 600;

  /** An evaluation, and a machine with more to do than before, take their time, too. */
  private static final int EPOCHS = 4;

  static Awaited of(RunRecord run, Instant now) {
    int epochs = run.history().epochs();
    double epoch = epochs == 0 ? 0 : run.history().values("seconds")[epochs - 1];
    return new Awaited(
        now.truncatedTo(ChronoUnit.SECONDS).toString(),
        Math.max(LEAST_SECONDS, Math.round(EPOCHS * epoch)));
  }
}
