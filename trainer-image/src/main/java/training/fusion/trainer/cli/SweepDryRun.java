package training.fusion.trainer.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Objects;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.optim.ParameterGroup;
import training.fusion.trainer.train.DiskNeed;
import training.fusion.trainer.train.Settings;

/** What {@code dry-run} says of a sweep: how many trials, and what they leave on disk. */
final class SweepDryRun {
  /** Its data sets are not looked at; of ImageNet's classes a head is as large as it gets. */
  private static final int CLASSES = 1000;

  private SweepDryRun() {}

  static void print(SweepFile sweep, PrintWriter out) {
    List<RunConfiguration> strategies = sweep.strategies();
    boolean known = strategies.stream().allMatch(run -> run.model().architecture() != null);
    int trialsOfEach = sweep.datasets() * sweep.seeds();
    long inTheEnd = 0;
    long underWay = 0;
    for (RunConfiguration run : known ? strategies : List.<RunConfiguration>of()) {
      DiskNeed need = need(run);
      inTheEnd += trialsOfEach * need.inTheEnd();
      underWay = Math.max(underWay, need.whileTraining() - need.inTheEnd());
    }
    int trials = strategies.size() * trialsOfEach;
    int atOnce = Math.min(trials, sweep.parallelism());
    out.printf("%s is valid; a file with one of its trainings says more%n%n", sweep.name());
    out.printf(
        "trials     %d%s: %d strategies × %d data sets × %d seeds%n",
        trials,
        sweep.excludes() ? ", less what is excluded" : "",
        strategies.size(),
        sweep.datasets(),
        sweep.seeds());
    if (!known) {
      out.println("disk       not told: the files of model.module are not looked at here");
      out.flush();
      return;
    }
    out.printf(
        "disk       at most %s once all have succeeded, and %s more while they train, %d at a"
            + " time%n",
        DiskNeed.size(inTheEnd), DiskNeed.size(atOnce * Math.max(0, underWay)), atOnce);
    out.flush();
  }

  private static DiskNeed need(RunConfiguration run) {
    Settings settings = Settings.of(run);
    try {
      var table =
          ArchitectureTable.of(
              Objects.requireNonNull(run.model().architecture()), CLASSES, settings.imageSize());
      return DiskNeed.of(settings, table, ParameterGroup.of(run.optimization(), table));
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration("spec.matrix: " + e.getMessage());
    }
  }
}
