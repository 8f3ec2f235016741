package training.fusion.trainer.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
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
  private final List<ParameterGroup> groups;
  private final List<GroupState> states = new ArrayList<>();
  private final NDManager manager;
  private final PtSymbolBlock program;
  private final double maxGradNorm;
  private final int gradients;

  private FusionOptimizer(
      Network network, Optimization optimization, @Nullable Double maxGradNorm) {
    this.groups = ParameterGroup.of(optimization, network.table());
    if (!ParameterGroup.trainable(groups).equals(network.trainable())) {
      throw new IllegalArgumentException(
          "the network computes gradients of %s, the optimizer updates %s"
              .formatted(network.trainable(), ParameterGroup.trainable(groups)));
    }
    this.manager = network.manager().newSubManager();
    this.maxGradNorm = maxGradNorm == null ? 0 : maxGradNorm;
    var text = new StringBuilder(OptimizerProgram.MEASURE).append(OptimizerProgram.STATE_METHODS);
    for (int i = 0; i < groups.size(); i++) {
      text.append(OptimizerProgram.updateText(i, groups.get(i).optimizer()));
    }
    this.program = ScriptArchive.compile(manager, text.toString());
    Map<String, NDArray> live = network.state();
    for (int i = 0; i < groups.size(); i++) {
      ParameterGroup group = groups.get(i);
      if (!group.frozen()) {
        List<String> names =
            network.table().parameters().stream()
                .filter(p -> p.block() >= group.firstBlock() && p.block() <= group.lastBlock())
                .map(ParameterSpec::name)
                .toList();
        List<NDArray> parameters =
            names.stream().map(n -> Objects.requireNonNull(live.get(n))).toList();
        states.add(new GroupState(i, group, names, parameters, program, manager));
      }
    }
    this.gradients = states.stream().mapToInt(GroupState::size).sum();
  }

  /**
   * An optimizer of {@code network}'s parameters.
   *
   * @param maxGradNorm largest gradient norm over all parameters; absent: no clipping
   */
  public static FusionOptimizer create(
      Network network, Optimization optimization, @Nullable Double maxGradNorm) {
    return new FusionOptimizer(network, optimization, maxGradNorm);
  }

  /**
   * Updates the parameters, unless loss or gradients are not finite: then nothing changes.
   *
   * @param factor of the schedule; each group's own learning rate is multiplied by it
   * @param step from 1, counted over the whole run
   */
  public StepOutcome step(Gradients pass, double factor, long step) {
    PtNDArray[] all = GroupState.array(pass.gradients());
    if (all.length != gradients) {
      throw new IllegalArgumentException(
          "%d gradients for %d parameters".formatted(all.length, gradients));
    }
    float[] measured = measure(pass.loss(), all);
    boolean finite = measured[0] != 0;
    List<GroupStep> reports = new ArrayList<>();
    int from = 0;
    for (int i = 0; i < states.size(); i++) {
      GroupState state = states.get(i);
      double rate = factor * Objects.requireNonNull(state.group().optimizer().learningRate());
      PtNDArray[] own = java.util.Arrays.copyOfRange(all, from, from + state.size());
      from += state.size();
      if (finite) {
        state.update(program, own, rate, step);
      }
      reports.add(new GroupStep(state.group().name(), rate, measured[1 + i]));
    }
    return new StepOutcome(
        pass.loss().getFloat(), pass.correct().getLong(), finite, List.copyOf(reports));
  }

  private float[] measure(NDArray loss, PtNDArray[] all) {
    try (IValue a = IValue.from((PtNDArray) loss);
        IValue b = IValue.listFrom(all);
        IValue split = IValue.from((long) states.get(0).size());
        IValue limit = IValue.from(maxGradNorm);
        IValue result = IValueUtils.runMethod(program, "measure", a, b, split, limit);
        NDArray values = result.toTensor((PtNDManager) manager)) {
      return values.toFloatArray();
    }
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
