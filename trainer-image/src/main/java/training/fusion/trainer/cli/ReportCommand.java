package training.fusion.trainer.cli;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import training.fusion.trainer.checkpoint.RunLock;
import training.fusion.trainer.report.page.Report;

/** Makes a run's page anew. */
@Command(
    name = "report",
    mixinStandardHelpOptions = true,
    description = "Makes report.html of a run anew, from what its folder holds.")
final class ReportCommand implements Runnable {
  @Parameters(paramLabel = "RUN", description = NamedRuns.DESCRIPTION)
  private @Nullable Path run;

  @Spec private @Nullable CommandSpec spec;

  @Override
  public void run() {
    Path folder = NamedRuns.folder(Objects.requireNonNull(run));
    Report.write(folder, RunLock.isAbandoned(folder));
    var out = Objects.requireNonNull(spec).commandLine().getOut();
    out.println(folder.resolve(Report.FILE));
    out.flush();
  }
}
