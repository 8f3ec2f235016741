package training.fusion.trainer.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.model.Gradients;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.ScriptArchive;
import training.fusion.trainer.model.StateCopy;
import training.fusion.trainer.model.TrainableBlocks;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * A fusion optimizer (Kim and Moon, equation 3): in each step the low-level blocks are updated by
 * one rule, the high-level blocks by another. One rule for all is the same code with one group, so
 * a fusion of two equal rules equals it bit for bit.
 */
public final class FusionOptimizer implements AutoCloseable {
  private final OptimizerSettings settings;
  private final List<ParameterGroup> groups;
  private final List<ParameterGroup> trained;

  /**
   * A segment of the network.
   *
   * @param group of the trained ones, or {@link #FROZEN}: it lies between others
   * @param gradients how many it has; what a frozen one has is passed over
   * @param rateShare what its group's rate is multiplied by: layer-wise decay
   */
  private record Part(int group, @Nullable GroupState state, int gradients, double rateShare) {}

  private static final int FROZEN = -1;

  private final List<Part> parts = new ArrayList<>();
  private final NDManager manager;
  private final PtSymbolBlock program;
  private final boolean onHost;

  private FusionOptimizer(Network network, OptimizerSettings settings) {
    this.settings = settings;
    this.groups = ParameterGroup.of(settings.strategy(), network.table());
    this.trained = groups.stream().filter(group -> !group.frozen()).toList();
    if (!ParameterGroup.trainable(groups).equals(network.trainable())) {
      throw new IllegalArgumentException(
          "the network computes gradients of %s, the optimizer updates %s"
              .formatted(network.trainable(), ParameterGroup.trainable(groups)));
    }
    this.manager = network.manager().newSubManager();
    this.onHost = !manager.getDevice().isGpu();
    Mask mask = onHost ? Mask.BRANCH : Mask.ARITHMETIC;
    this.program =
        ScriptArchive.compile(
            manager, OptimizerProgram.text(trained, settings.maxGradNorm(), mask));
    List<TrainableBlocks> segments = network.segmentRanges();
    if (segments.isEmpty()) {
      segments = ParameterGroup.parts(groups, settings.strategy().learningRateDecay() != null);
    }
    for (TrainableBlocks segment : segments) {
      parts.add(part(segment, network));
    }
  }

  private Part part(TrainableBlocks segment, Network network) {
    List<ParameterSpec> specs =
        network.table().parameters().stream()
            .filter(p -> p.block() >= segment.first() && p.block() <= segment.last())
            .toList();
    int index = FROZEN;
    for (int i = 0; i < trained.size(); i++) {
      if (trained.get(i).firstBlock() <= segment.first()
          && segment.last() <= trained.get(i).lastBlock()) {
        index = i;
      }
    }
    int gradients = (int) specs.stream().filter(network::differentiates).count();
    if (index != FROZEN && gradients < specs.size()) {
      throw new IllegalArgumentException(
          "the network computes no gradients of all blocks in %s, which the optimizer updates"
              .formatted(segment));
    }
    Double decay = settings.strategy().learningRateDecay();
    int above = network.table().blocks() - segment.last();
    return new Part(
        index,
        index == FROZEN ? null : state(index, specs, network),
        gradients,
        decay == null ? 1 : StrictMath.pow(decay, above));
  }

  private GroupState state(int index, List<ParameterSpec> specs, Network network) {
    ParameterGroup group = trained.get(index);
    Set<String> decayed =
        specs.stream()
            .filter(WeightDecay.of(settings.weightDecayOn()))
            .map(ParameterSpec::name)
            .collect(Collectors.toSet());
    Map<String, NDArray> live = network.state();
    List<String> names = specs.stream().map(ParameterSpec::name).toList();
    List<NDArray> parameters =
        names.stream().map(name -> Objects.requireNonNull(live.get(name))).toList();
    return new GroupState(
        index, group, names, parameters, decayed::contains, program, manager, onHost);
  }

  /** An optimizer of {@code network}'s parameters. */
  public static FusionOptimizer create(Network network, OptimizerSettings settings) {
    return new FusionOptimizer(network, settings);
  }

  /**
   * Updates the parameters, unless loss or gradients are not finite: then nothing changes. The host
   * does not wait for the device.
   *
   * @param step from 1, counted over the whole run
   */
  public PendingStep step(Gradients pass, long step) {
    PtNDArray[][] gradients = new PtNDArray[parts.size()][];
    int from = 0;
    for (int i = 0; i < gradients.length; i++) {
      int end = from + parts.get(i).gradients();
      gradients[i] = GroupState.array(pass.gradients().subList(from, end));
      from = end;
    }
    if (from != pass.gradients().size()) {
      throw new IllegalArgumentException(
          "%d gradients for %d parameters".formatted(pass.gradients().size(), from));
    }
    double[] peakShares = peakShares(step);
    try (PtNDArray measured = measure(pass, gradients)) {
      for (int i = 0; i < gradients.length; i++) {
        update(i, gradients[i], measured, peakShares, step);
      }
      return pending(measured, peakShares);
    }
  }

  /** A step that updates a segment of the network when its gradients are there. */
  public BackwardUpdate duringBackward(long step) {
    return new BackwardUpdate(this, step, manager.newSubManager());
  }

  /** For steps that update a segment of the network when the next one reads it. */
  public ForwardUpdate duringForward() {
    return new ForwardUpdate(this, manager.newSubManager());
  }

  /** How many parts are updated, one at a time. */
  int segments() {
    return parts.size();
  }

  /** What the schedules multiply the groups' learning rates by. */
  double[] peakShares(long step) {
    return trained.stream().mapToDouble(group -> settings.peakShare(group, step)).toArray();
  }

  /** Updates a part, unless the first number of {@code measured} is 0. */
  void update(int part, PtNDArray[] gradients, PtNDArray measured, double[] peakShares, long step) {
    Part updated = parts.get(part);
    if (updated.state() != null) {
      double peakShare = peakShares[updated.group()] * updated.rateShare();
      updated.state().update(program, gradients, measured, peakShare, step);
    }
  }

  /** Norms of the groups' parameters as they are now, [groups], fp64; the host does not wait. */
  PtNDArray weightNorms() {
    List<IValue> arguments = new ArrayList<>();
    for (int group = 0; group < trained.size(); group++) {
      int wanted = group;
      arguments.add(
          IValue.listFrom(
              parts.stream()
                  .filter(part -> part.group() == wanted)
                  .flatMap(part -> Objects.requireNonNull(part.state()).parameters().stream())
                  .toArray(PtNDArray[]::new)));
    }
    return tensor("weigh", arguments);
  }

  /** Measures and clips the gradients of all parts. */
  PtNDArray measure(Gradients pass, PtNDArray[][] gradients) {
    List<IValue> arguments = figures(pass);
    for (int group = 0; group < trained.size(); group++) {
      List<PtNDArray> all = new ArrayList<>();
      for (int i = 0; i < gradients.length; i++) {
        if (parts.get(i).group() == group) {
          all.addAll(Arrays.asList(gradients[i]));
        }
      }
      arguments.add(IValue.listFrom(all.toArray(new PtNDArray[0])));
    }
    return tensor("measure", arguments);
  }

  /** The outcome of a step that was measured. */
  PendingStep pending(PtNDArray measured, double[] peakShares) {
    // only a rule for all parameters has scalars, and then there is one part
    List<IValue> arguments = List.of(IValue.from(measured), IValue.from(scalars()));
    return new PendingStep(tensor("report", arguments), trained, peakShares);
  }

  /** [1, or 0 if the loss is not finite]. */
  PtNDArray isFinite(NDArray loss, NDManager scope) {
    NDArray finite = tensor("finite", List.of(IValue.from((PtNDArray) loss)));
    finite.attach(scope);
    return (PtNDArray) finite;
  }

  /**
   * Measures the gradients of a part, and clips them by their group's own limit.
   *
   * @param finite of what came before
   * @return [1, or 0 if something is not finite by now], and the gradients' norms
   */
  PtNDArray[] measure(int part, PtNDArray finite, PtNDArray[] gradients, NDManager scope) {
    if (parts.get(part).group() == FROZEN) {
      return new PtNDArray[] {finite, finite};
    }
    String method = OptimizerProgram.measure(parts.get(part).group());
    try (IValue before = IValue.from(finite);
        IValue list = IValue.listFrom(gradients);
        IValue result = IValueUtils.runMethod(program, method, before, list)) {
      return GroupState.array(result.toNDList((PtNDManager) scope));
    }
  }

  /** The outcome of a step whose parts were measured one by one. */
  PendingStep conclude(Gradients pass, PtNDArray[] norms, double[] peakShares) {
    List<IValue> arguments = figures(pass);
    for (int group = 0; group < trained.size(); group++) {
      int wanted = group;
      arguments.add(
          IValue.listFrom(
              IntStream.range(0, norms.length)
                  .filter(i -> parts.get(i).group() == wanted)
                  .mapToObj(i -> norms[i])
                  .toArray(PtNDArray[]::new)));
    }
    try (PtNDArray measured = tensor("conclude", arguments)) {
      return pending(measured, peakShares);
    }
  }

  private static List<IValue> figures(Gradients pass) {
    List<IValue> arguments = new ArrayList<>();
    arguments.add(IValue.from((PtNDArray) pass.loss()));
    arguments.add(IValue.from((PtNDArray) pass.correct()));
    return arguments;
  }

  private PtNDArray tensor(String method, List<IValue> arguments) {
    try (IValue result = IValueUtils.runMethod(program, method, arguments.toArray(new IValue[0]))) {
      return result.toTensor((PtNDManager) manager);
    } finally {
      arguments.forEach(IValue::close);
    }
  }

  /** Each trained group's learning rate in a step, from 1. */
  public List<Double> learningRates(long step) {
    SwatsFigures swats = swats();
    return trained.stream()
        .map(group -> peak(group, swats) * settings.peakShare(group, step))
        .toList();
  }

  /** Where SWATS stands after all steps so far; waits for the device. Null: another strategy. */
  public @Nullable SwatsFigures swats() {
    PtNDArray scalars = scalars();
    if (scalars.isEmpty()) {
      return null;
    }
    double[] values = scalars.toDoubleArray();
    return SwatsFigures.of(values[0], values[1], values[2]);
  }

  private PtNDArray scalars() {
    return Objects.requireNonNull(parts.get(0).state()).scalars(); // the first part is trained
  }

  static double peak(ParameterGroup group, @Nullable SwatsFigures swats) {
    return swats == null || swats.switchStep() == null
        ? group.rule().learningRate()
        : swats.lambda();
  }

  /** The groups, low level first; a frozen one is among them. */
  public List<ParameterGroup> groups() {
    return groups;
  }

  /** Live state by name: {@code momentum_buffer.*}, {@code exp_avg.*}, {@code exp_avg_sq.*}. */
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    for (Part part : parts) {
      if (part.state() != null) {
        part.state().collect(state);
      }
    }
    return state;
  }

  /** Copies saved state in place; names and shapes must be those of {@link #state()}. */
  public void load(Map<String, NDArray> saved) {
    StateCopy.into(state(), saved, program);
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
