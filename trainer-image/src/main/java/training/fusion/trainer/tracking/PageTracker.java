package training.fusion.trainer.tracking;

import java.nio.file.Path;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.report.page.Report;

/** Writes {@code report.html} anew after each epoch, and at the end. */
record PageTracker(Path runFolder) implements Tracker {
  @Override
  public void evaluated(RunState state) {
    Report.write(runFolder);
  }

  @Override
  public void ended(RunResult result) {
    Report.write(runFolder);
  }
}
