package training.fusion.trainer.report.page;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import training.fusion.page.Page;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;

/**
 * {@code report.html}: a run on one page that needs nothing but a browser, made from what lies in
 * the run's folder, so at any time and for any run.
 */
public final class Report {
  public static final String FILE = "report.html";

  private Report() {}

  /**
   * Writes the page of a run that this process trains, or that has ended, into the run's folder, as
   * one step.
   *
   * @throws TrainingFailure if a file that it is made from is missing, or it cannot be written
   */
  public static void write(Path runFolder) {
    write(runFolder, false);
  }

  /**
   * As {@link #write(Path)}, of any run.
   *
   * @param abandoned whether no process trains it
   */
  public static void write(Path runFolder, boolean abandoned) {
    write(runFolder, RunRecord.read(runFolder, abandoned));
  }

  /** As {@link #write(Path)}, of a run that goes on, whatever an attempt before has come to. */
  public static void writeRunning(Path runFolder) {
    write(runFolder, RunRecord.readRunning(runFolder));
  }

  private static void write(Path runFolder, RunRecord run) {
    var page = ReportPage.of(run, Instant.now());
    String html = Page.html(Report.class, "report", page);
    Path file = runFolder.resolve(FILE);
    try {
      Durable.write(file, html);
    } catch (IOException e) {
      throw Durable.failure(file, e);
    }
  }
}
