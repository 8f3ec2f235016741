package training.fusion.operator.sweep;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
import training.fusion.api.OptimizationSummary;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.SweepArm;
import training.fusion.api.resource.sweep.SweepDataset;
import training.fusion.api.resource.sweep.SweepExclusion;
import training.fusion.api.resource.sweep.SweepMatrix;
import training.fusion.api.resource.sweep.SweepStrategies;
import training.fusion.api.resource.sweep.SweepTemplate;
import training.fusion.operator.sweep.trial.Cell;
import training.fusion.operator.sweep.trial.Trial;
import training.fusion.operator.sweep.trial.TrialName;

/**
 * A sweep's matrix as trials: arms × data sets × strategies × seeds, in the order in which they are
 * written. A trial's spec is the template, over it what the arm says, then data set and seed.
 */
final class MatrixExpansion {
  /** Most trials of a sweep. */
  static final int MOST = 2000;

  private static final ObjectMapper JSON = Serialization.jsonMapper();

  private final String sweep;
  private final SweepMatrix matrix;
  private final @Nullable SweepTemplate template;

  private MatrixExpansion(FusionSweep sweep) {
    this.sweep = sweep.getMetadata().getName();
    this.matrix = sweep.getSpec().matrix();
    this.template = sweep.getSpec().template();
  }

  /**
   * All trials that are not excluded.
   *
   * @throws BadSweep if there are none, or more than {@link #MOST}, or one stands twice
   */
  static List<Trial> of(FusionSweep sweep) {
    var expansion = new MatrixExpansion(sweep);
    long size = expansion.size();
    if (size > MOST) {
      throw new BadSweep(
          "TooManyTrials",
          "the matrix has %d trials, and a sweep at most %d; leave some seeds, boundaries or arms to a second sweep"
              .formatted(size, MOST));
    }
    List<Trial> trials = expansion.trials();
    if (trials.isEmpty()) {
      throw new BadSweep("NoTrials", "matrix.exclude leaves no trial; remove an element of it");
    }
    return trials;
  }

  /** Trials, the excluded ones too: a matrix that is too large is not expanded to find out. */
  private long size() {
    long strategies =
        matrix.arms().stream()
            .flatMap(arm -> arm.optimizations().stream())
            .mapToLong(MatrixExpansion::strategies)
            .sum();
    return strategies * matrix.datasets().size() * matrix.seeds().size();
  }

  private static long strategies(SweepStrategies kind) {
    if (kind.fusion() != null) {
      return (long) kind.fusion().lastBlocks().size() * kind.fusion().pairs().size();
    }
    return kind.single() != null ? kind.single().optimizers().size() : 1;
  }

  private List<Trial> trials() {
    List<Trial> trials = new ArrayList<>();
    for (SweepArm arm : matrix.arms()) {
      for (SweepDataset dataset : matrix.datasets()) {
        ObjectNode spec = spec(arm, dataset);
        arm.optimizations().stream()
            .flatMap(MatrixExpansion::optimizations)
            .forEach(
                optimization -> {
                  for (int seed : matrix.seeds()) {
                    trials.add(trial(arm, dataset, spec.deepCopy(), optimization, seed));
                  }
                });
      }
    }
    trials.removeIf(this::isExcluded);
    refuseTwins(trials);
    return List.copyOf(trials);
  }

  private static void refuseTwins(List<Trial> trials) {
    Set<String> names = new HashSet<>();
    for (Trial trial : trials) {
      if (!names.add(trial.name())) {
        Cell cell = trial.cell();
        throw new BadSweep(
            "SameTrial",
            "arm %s, data set %s, %s stands twice in the matrix; remove one of them"
                .formatted(
                    cell.arm(),
                    cell.dataset(),
                    OptimizationSummary.words(cell.optimization(), cell.architecture())));
      }
    }
  }

  private ObjectNode spec(SweepArm arm, SweepDataset dataset) {
    ObjectNode spec = JSON.createObjectNode();
    if (template != null) {
      merge(spec, JSON.valueToTree(template));
    }
    ObjectNode differing = JSON.valueToTree(arm);
    differing.remove(List.of("name", "optimizations"));
    merge(spec, differing);
    spec.set("dataset", JSON.valueToTree(dataset.toDataset()));
    return spec;
  }

  private Trial trial(
      SweepArm arm, SweepDataset dataset, ObjectNode spec, Optimization optimization, int seed) {
    spec.set("optimization", JSON.valueToTree(optimization));
    spec.withObjectProperty("training").put("seed", seed);
    return new Trial(
        TrialName.of(sweep, arm.name(), dataset.name(), spec),
        new Cell(arm.name(), arm.model().architecture(), dataset.name(), optimization, seed),
        JSON.convertValue(spec, FusionTrainingSpec.class));
  }

  private static void merge(ObjectNode into, JsonNode over) {
    over.properties()
        .forEach(
            field -> {
              if (field.getValue().isObject() && into.path(field.getKey()).isObject()) {
                merge((ObjectNode) into.get(field.getKey()), field.getValue());
              } else {
                into.set(field.getKey(), field.getValue());
              }
            });
  }

  /** A pair stays together: its boundaries are neighbours, as in the paper's tables. */
  private static Stream<Optimization> optimizations(SweepStrategies kind) {
    if (kind.fusion() != null) {
      return kind.fusion().pairs().stream()
          .flatMap(
              pair ->
                  kind.fusion().lastBlocks().stream().map(lastBlock -> fusion(lastBlock, pair)));
    }
    if (kind.single() != null) {
      return kind.single().optimizers().stream()
          .map(rule -> Optimization.of(new Optimization.Single(rule)));
    }
    return Stream.of(new Optimization(null, kind.levels(), null, kind.swats(), kind.mas(), null));
  }

  private static Optimization fusion(int lastBlock, SweepStrategies.Pair pair) {
    Optimization.HighLevel low = pair.lowLevel();
    return Optimization.of(
        new Optimization.Fusion(
            new Optimization.LowLevel(
                lastBlock, low.optimizer(), low.schedule(), low.maxGradNorm()),
            pair.highLevel()));
  }

  private boolean isExcluded(Trial trial) {
    return matrix.exclude() != null
        && matrix.exclude().stream().anyMatch(exclusion -> matches(exclusion, trial));
  }

  private static boolean matches(SweepExclusion exclusion, Trial trial) {
    Cell cell = trial.cell();
    Optimization.Fusion fusion = cell.optimization().fusion();
    Optimization.Single single = cell.optimization().single();
    return isOrAbsent(exclusion.trial(), trial.name())
        && isOrAbsent(exclusion.arm(), cell.arm())
        && isOrAbsent(exclusion.dataset(), cell.dataset())
        && isOrAbsent(exclusion.seed(), cell.seed())
        && isOrAbsent(exclusion.lastBlock(), fusion == null ? null : fusion.lowLevel().lastBlock())
        && isOrAbsent(
            exclusion.lowLevel(), fusion == null ? null : type(fusion.lowLevel().optimizer()))
        && isOrAbsent(
            exclusion.highLevel(), fusion == null ? null : type(fusion.highLevel().optimizer()))
        && isOrAbsent(exclusion.single(), single == null ? null : type(single.optimizer()));
  }

  private static OptimizerType type(Optimizer optimizer) {
    return optimizer.type();
  }

  private static boolean isOrAbsent(@Nullable Object wanted, @Nullable Object is) {
    return wanted == null || wanted.equals(is);
  }
}
