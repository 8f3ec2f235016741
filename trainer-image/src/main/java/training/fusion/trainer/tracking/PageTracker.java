package training.fusion.trainer.tracking;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.StepCurve;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.report.EpochMatrices;
import training.fusion.trainer.report.EvaluatedPart;
import training.fusion.trainer.report.EvaluationFile;
import training.fusion.trainer.report.MatrixSummary;
import training.fusion.trainer.report.StepTable;
import training.fusion.trainer.report.page.Report;

/**
 * Writes {@code report.html} when the run begins, every few seconds, after each epoch and at the
 * end; and those of the files that it is made from that serve nothing else: steps, evaluations.
 */
final class PageTracker implements Tracker {
  private static final long BETWEEN = Duration.ofSeconds(20).toNanos();

  /** Writing takes no more than this part of the training's time, however slow the volume is. */
  private static final int PART = 200;

  private final Path runFolder;
  private final List<String> groups;
  private final boolean pictures;
  private final LongSupplier nanoseconds;
  private long due;
  private @Nullable EvaluationFile before;

  /** Read by whoever ends the run, perhaps not the training thread. */
  private volatile @Nullable StepCurve newest;

  /**
   * @param groups names of the groups that are trained, low level first
   * @param pictures whether pictures of the data set may be shown
   * @param nanoseconds a clock
   */
  PageTracker(Path runFolder, List<String> groups, boolean pictures, LongSupplier nanoseconds) {
    this.runFolder = runFolder;
    this.groups = groups;
    this.pictures = pictures;
    this.nanoseconds = nanoseconds;
  }

  @Override
  public void begun(RunState state) throws IOException {
    write(state);
  }

  @Override
  public void moved(RunState state) throws IOException {
    newest = state.steps();
    if (nanoseconds.getAsLong() - due >= 0) {
      write(state);
    }
  }

  @Override
  public void evaluated(EvaluatedPart found, Part part) {
    EvaluationFile file =
        pictures
            ? EvaluationFile.of(found, part, before)
            : EvaluationFile.withoutPictures(found, part);
    before = file;
    file.write(runFolder);
    EpochMatrices.write(
        runFolder, found.figures().epoch(), MatrixSummary.of(found.metrics().confusionMatrix()));
  }

  @Override
  public void evaluated(RunState state) throws IOException {
    write(state);
  }

  @Override
  public void ended(RunResult result) throws IOException {
    StepCurve last = newest;
    if (last != null) {
      new StepTable(groups, last).write(runFolder);
    }
    Report.write(runFolder);
  }

  private void write(RunState state) throws IOException {
    newest = state.steps();
    long begun = nanoseconds.getAsLong();
    due = begun + BETWEEN; // also if it fails
    new StepTable(groups, state.steps()).write(runFolder);
    Report.writeRunning(runFolder);
    long ended = nanoseconds.getAsLong();
    due = ended + Math.max(BETWEEN, PART * (ended - begun));
  }
}
