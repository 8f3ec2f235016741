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
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.model.Gradients;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.ParameterSpec;
import training.fusion.trainer.model.ScriptArchive;
import training.fusion.trainer.model.StateCopy;

/**
 * A fusion optimizer (Kim and Moon, equation 3): in each step the low-level blocks are updated by
 * one rule, the high-level blocks by another. One rule for all is the same code with one group, so
 * a fusion of two equal rules equals it bit for bit.
 */
public final class FusionOptimizer implements AutoCloseable {
  private final OptimizerSettings settings;
  private final List<ParameterGroup> groups;
  private final List<ParameterGroup> trained;
  private final List<GroupState> states = new ArrayList<>();
  private final NDManager manager;
  private final PtSymbolBlock program;
  private final boolean onHost;
  private final int[] ends;

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
    var text = new StringBuilder(OptimizerProgram.STATE_METHODS);
    text.append(OptimizerProgram.measureText(trained, settings.maxGradNorm()));
    for (int i = 0; i < trained.size(); i++) {
      text.append(OptimizerProgram.updateText(i, trained.get(i).rule(), mask));
    }
    this.program = ScriptArchive.compile(manager, text.toString());
    this.ends = new int[trained.size() + 1];
    for (int i = 0; i < trained.size(); i++) {
      GroupState state = state(i, network);
      states.add(state);
      ends[i + 1] = ends[i] + state.size();
    }
  }

  private GroupState state(int index, Network network) {
    ParameterGroup group = trained.get(index);
    List<ParameterSpec> specs =
        network.table().parameters().stream()
            .filter(p -> p.block() >= group.firstBlock() && p.block() <= group.lastBlock())
            .toList();
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
    PtNDArray[] all = GroupState.array(pass.gradients());
    if (all.length != ends[states.size()]) {
      throw new IllegalArgumentException(
          "%d gradients for %d parameters".formatted(all.length, ends[states.size()]));
    }
    List<PtNDArray[]> gradients = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      gradients.add(Arrays.copyOfRange(all, ends[i], ends[i + 1]));
    }
    double[] peakShares = new double[states.size()];
    try (PtNDArray measured = measure(pass, gradients)) {
      for (int i = 0; i < states.size(); i++) {
        peakShares[i] = settings.peakShare(trained.get(i), step);
        states.get(i).update(program, gradients.get(i), measured, peakShares[i], step);
      }
      // only a rule for all parameters has scalars, and then there is one group
      return new PendingStep(report(measured, states.get(0).scalars()), trained, peakShares);
    }
  }

  private PtNDArray measure(Gradients pass, List<PtNDArray[]> gradients) {
    List<IValue> arguments = new ArrayList<>();
    arguments.add(IValue.from((PtNDArray) pass.loss()));
    arguments.add(IValue.from((PtNDArray) pass.correct()));
    gradients.forEach(list -> arguments.add(IValue.listFrom(list)));
    return call("measure", arguments);
  }

  private PtNDArray report(PtNDArray measured, PtNDArray scalars) {
    return call("report", List.of(IValue.from(measured), IValue.from(scalars)));
  }

  private PtNDArray call(String method, List<IValue> arguments) {
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
    PtNDArray scalars = states.get(0).scalars();
    if (scalars.isEmpty()) {
      return null;
    }
    double[] values = scalars.toDoubleArray();
    return SwatsFigures.of(values[0], values[1], values[2]);
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
    states.forEach(s -> s.collect(state));
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
