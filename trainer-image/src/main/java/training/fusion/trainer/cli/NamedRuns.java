package training.fusion.trainer.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import training.fusion.trainer.report.page.Report;
import training.fusion.trainer.runs.RunFinder;

/** Runs as people call them. */
final class NamedRuns {
  static final String DESCRIPTION = "A run, by its name, its key or its folder.";

  private NamedRuns() {}

  /** The folder of a run that is given by a path, a name or a key. */
  static Path folder(Path given) {
    return new RunFinder(Folders.names()).find(given);
  }

  /** Says where the files of a run are that has ended; nothing, if it has not begun. */
  static void tell(Path folder, PrintWriter out) {
    Path report = folder.resolve(Report.FILE);
    if (Files.exists(report)) {
      out.printf("folder  %s%n", folder);
      out.printf("report  %s%n", report.toAbsolutePath().normalize().toUri());
      out.flush();
    }
  }
}
