package training.fusion.benchmarks.trainer;

import ai.djl.Device;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset;
import training.fusion.api.Optimization;
import training.fusion.api.Training;
import training.fusion.api.Training.Precision;
import training.fusion.api.Training.UpdateOrder;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.InputAugmentation;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.model.TrainableBlocks;
import training.fusion.trainer.module.ModuleDefinition;
import training.fusion.trainer.module.ModuleFile;
import training.fusion.trainer.optim.FusionOptimizer;
import training.fusion.trainer.optim.OptimizerSettings;
import training.fusion.trainer.optim.ParameterGroup;
import training.fusion.trainer.optim.TrainingStep;

/**
 * What is trained, the same on both sides: ten classes, no dropout.
 *
 * @param pixels width and height of the pictures
 * @param module file of the network as torch.jit.script makes it of torchvision's; null: our own
 *     table's
 */
public record Workload(
    Architecture architecture,
    Precision precision,
    Strategy strategy,
    int batch,
    int pixels,
    @Nullable Path module) {
  public static final int CLASSES = 10;

  private static final int LAST_BLOCK = 5;

  /** The rules; pytorch.py has the same by the same names. */
  public enum Strategy {
    ADAM("single: {optimizer: {type: Adam, learningRate: 1e-4}}"),
    SGD("single: {optimizer: {type: SGD, learningRate: 1e-3, momentum: 0.9}}"),
    /** Adam for blocks 0–5, or as far as a low level may reach, SGD for the others. */
    FUSION(
        """
        fusion:
          lowLevel: {lastBlock: %d, optimizer: {type: Adam, learningRate: 1e-4}}
          highLevel: {optimizer: {type: SGD, learningRate: 1e-3, momentum: 0.9}}
        """);

    private final String yaml;

    Strategy(String yaml) {
      this.yaml = yaml;
    }

    private Optimization optimization(Architecture architecture) {
      try {
        String text = yaml.formatted(Math.min(LAST_BLOCK, architecture.lastBoundary()));
        return new YAMLMapper().readValue(text, Optimization.class);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Of our own table. */
  public Workload(
      Architecture architecture, Precision precision, Strategy strategy, int batch, int pixels) {
    this(architecture, precision, strategy, batch, pixels, null);
  }

  /** From the words of a command line, in this order. */
  static Workload of(List<String> words) {
    return new Workload(
        Architecture.valueOf(words.get(0)),
        Precision.valueOf(words.get(1)),
        Strategy.valueOf(words.get(2)),
        Integer.parseInt(words.get(3)),
        Integer.parseInt(words.get(4)),
        words.size() == 5 ? null : Path.of(words.get(5)));
  }

  /** The words that {@link #of} reads, and pytorch.py those of no module. */
  List<String> words() {
    List<String> words =
        List.of(
            architecture.name(),
            precision.name(),
            strategy.name(),
            Integer.toString(batch),
            Integer.toString(pixels));
    return module == null
        ? words
        : Stream.concat(words.stream(), Stream.of(module.toString())).toList();
  }

  public Workload with(Precision other) {
    return new Workload(architecture, other, strategy, batch, pixels, module);
  }

  public Workload with(Strategy other) {
    return new Workload(architecture, precision, other, batch, pixels, module);
  }

  Workload with(Path other) {
    return new Workload(architecture, precision, strategy, batch, pixels, other);
  }

  Network network(Device device) {
    return Network.create(device, settings(), TrainableBlocks.all(table()), 1);
  }

  /** Network and optimizer, which update in this order. */
  public TrainingStep training(Device device, UpdateOrder order) {
    return TrainingStep.create(device, settings(), optimizer(), groups(), order, 1);
  }

  /** How it is updated. */
  public Optimization optimization() {
    return strategy.optimization(architecture);
  }

  /** The parts of the network that have a rule each. */
  public List<ParameterGroup> groups() {
    return ParameterGroup.of(optimization(), table());
  }

  /** What the network consists of. */
  public ArchitectureTable table() {
    return ArchitectureTable.of(kind(), CLASSES, pixels);
  }

  private NetworkKind kind() {
    return module == null
        ? NetworkKind.of(architecture)
        : ModuleDefinition.kind(ModuleFile.open(module), null, null, null);
  }

  /** How the network is made. */
  public NetworkSettings settings() {
    NetworkKind kind = kind();
    return new NetworkSettings(
        kind,
        kind.definition().variant(),
        CLASSES,
        pixels,
        0,
        0,
        new NetworkSettings.Pictures(pixels, pixels, 3),
        Dataset.Resize.Mode.SQUASH,
        Dataset.Resize.Interpolation.BILINEAR,
        InputAugmentation.NONE,
        List.of(0.485, 0.456, 0.406),
        List.of(0.229, 0.224, 0.225),
        0,
        precision,
        null,
        null);
  }

  FusionOptimizer optimizer(Network network) {
    return FusionOptimizer.create(network, optimizer());
  }

  private OptimizerSettings optimizer() {
    var length = new OptimizerSettings.RunLength(1, Integer.MAX_VALUE);
    return new OptimizerSettings(
        optimization(), null, null, Training.WeightDecayOn.ALL, null, length);
  }
}
