package training.fusion.trainer.report;

import java.util.function.LongFunction;
import training.fusion.api.run.ProgressReport;

/** Whoever wants to know how a run gets on. */
public interface ProgressListener {
  /** Takes a report, which replaces the one before; {@code report} gets its sequence number. */
  void offer(LongFunction<ProgressReport> report);

  /** As {@link #offer}, of what somebody waits for. */
  void offerUrgent(LongFunction<ProgressReport> report);
}
