package training.fusion.trainer.report.page;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.module.DescribedModule;
import training.fusion.trainer.optim.ParameterGroup;
import training.fusion.trainer.report.MetricsFile;
import training.fusion.trainer.report.TrainingText;

/**
 * What the template shows, in its order. Every text is plain: the template escapes it.
 *
 * @param awaited absent once the run has ended
 * @param facts short ones, below the title
 * @param note what a reader must know about the figures; absent if nothing
 * @param steps absent before the first, and of runs of older trainers
 * @param confusions of the newest evaluation, and so are the classes; absent before the first
 * @param mistakes of the newest evaluation that epochs are compared by; absent before the first
 * @param details how long, on what, with which versions
 * @param again the FusionTraining, YAML
 */
public record ReportPage(
    String title,
    State state,
    @Nullable Awaited awaited,
    String optimization,
    List<String> facts,
    @Nullable String note,
    List<Tile> tiles,
    Charts charts,
    @Nullable Steps steps,
    BlockSplit blocks,
    @Nullable Confusions confusions,
    @Nullable ClassTable classes,
    @Nullable Mistakes mistakes,
    EpochTable epochs,
    List<Fact> details,
    String again) {

  static ReportPage of(RunRecord run, Instant now) {
    RunConfiguration configuration = run.configuration();
    ArchitectureTable table = table(run);
    List<ParameterGroup> groups = ParameterGroup.of(configuration.optimization(), table);
    MetricsFile metrics = run.metrics();
    return new ReportPage(
        configuration.name(),
        State.of(run),
        run.running() ? Awaited.of(run, now) : null,
        run.description().optimization(),
        List.of(
            configuration.model().label(),
            "%d × %d px".formatted(size(configuration), size(configuration)),
            progress(run)),
        metrics == null ? null : metrics.note(),
        Tile.of(run),
        Charts.of(run),
        Steps.of(run),
        BlockSplit.of(groups, table),
        Confusions.of(run),
        ClassTable.of(run),
        Mistakes.of(run),
        EpochTable.of(run),
        Fact.of(run),
        TrainingText.yaml(configuration));
  }

  /** Of a run under way the step, too: before the first epoch's end it is all that moves. */
  private static String progress(RunRecord run) {
    String epochs = "epoch %d of %d".formatted(run.history().epochs(), run.epochs());
    return run.running() || run.history().epochs() < run.epochs()
        ? "%s done, step %s%s"
            .formatted(
                epochs,
                PageFigures.count(run.step()),
                run.allSteps() == 0 ? "" : " of " + PageFigures.count(run.allSteps()))
        : epochs;
  }

  private static ArchitectureTable table(RunRecord run) {
    DescribedModule module = run.description().module();
    return module != null
        ? module.table()
        : ArchitectureTable.of(
            Objects.requireNonNull(run.configuration().model().architecture()),
            run.description().classes().size(),
            size(run.configuration()));
  }

  private static int size(RunConfiguration configuration) {
    Integer size = configuration.training().imageSize();
    return size == null ? configuration.model().imageSize() : size;
  }
}
