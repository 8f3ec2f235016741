package training.fusion.trainer.report.page;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.optim.ParameterGroup;
import training.fusion.trainer.report.ConfigurationText;
import training.fusion.trainer.report.MetricsFile;

/**
 * What the template shows, in its order. Every text is plain: the template escapes it.
 *
 * @param awaited absent once the run has ended
 * @param facts short ones, below the title
 * @param note what a reader must know about the figures; absent if nothing
 * @param confusions absent before there is a model
 * @param classes absent before there is a model
 * @param details how long, on what, with which versions
 * @param configuration YAML
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
    BlockSplit blocks,
    @Nullable Confusions confusions,
    @Nullable ClassTable classes,
    EpochTable epochs,
    List<Fact> details,
    String configuration) {

  static ReportPage of(RunRecord run, Instant now) {
    RunConfiguration configuration = run.configuration();
    var architecture = configuration.model().architecture();
    var table =
        ArchitectureTable.of(architecture, run.description().classes().size(), size(configuration));
    List<ParameterGroup> groups = ParameterGroup.of(configuration.optimization(), table);
    MetricsFile metrics = run.metrics();
    return new ReportPage(
        configuration.name(),
        State.of(run),
        run.running() ? Awaited.of(run, now) : null,
        run.description().optimization(),
        List.of(
            architecture.toString(),
            "%d × %d px".formatted(size(configuration), size(configuration)),
            String.format(Locale.ROOT, "epoch %d of %d", run.history().epochs(), run.epochs())),
        metrics == null ? null : metrics.note(),
        Tile.of(run),
        Charts.of(run),
        BlockSplit.of(groups, table),
        metrics == null ? null : Confusions.of(metrics.classes(), metrics.test().confusionMatrix()),
        metrics == null ? null : ClassTable.of(metrics.classes(), metrics.test()),
        EpochTable.of(run),
        Fact.of(run),
        ConfigurationText.yaml(configuration));
  }

  private static int size(RunConfiguration configuration) {
    Integer size = configuration.training().imageSize();
    return size == null ? configuration.model().architecture().imageSize() : size;
  }
}
