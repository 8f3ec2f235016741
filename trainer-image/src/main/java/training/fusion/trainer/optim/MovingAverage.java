package training.fusion.trainer.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.ScriptArchive;
import training.fusion.trainer.model.StateCopy;

/**
 * An exponential moving average of a network's parameters and of its batch norms' statistics, on
 * the device: what {@code torch.optim.swa_utils.AveragedModel} with {@code get_ema_multi_avg_fn}
 * and {@code use_buffers=True} keeps. The first step's weights are taken as they are. Counters of
 * batches are not averaged: they are the network's own.
 */
public final class MovingAverage implements AutoCloseable {
  /** Tells the average's tensors from the optimizer's, with which they are saved. */
  private static final String PREFIX = "ema.";

  private static final String METHODS =
      """
        def average(self: __torch__.Program, averages: List[Tensor], values: List[Tensor], share: float) -> None:
          torch._foreach_lerp_(averages, values, share)
          return None
        def swap(self: __torch__.Program, one: List[Tensor], other: List[Tensor]) -> None:
          for i in range(torch.len(one)):
            t = torch.clone(one[i])
            _0 = torch.copy_(one[i], other[i])
            _1 = torch.copy_(other[i], t)
          return None
      """;

  private final Decay decay;
  private final NDManager manager;
  private final PtSymbolBlock program;
  private final Map<String, NDArray> live = new LinkedHashMap<>();
  private final Map<String, NDArray> state = new LinkedHashMap<>();
  private final PtNDArray[] values;
  private final PtNDArray[] averages;

  /**
   * What the average keeps of itself in a step.
   *
   * @param limit between 0 and 1
   * @param warmup whether the decay of step s is (1 + s) / (10 + s) as long as that is less: so it
   *     is in TensorFlow's ExponentialMovingAverage
   */
  public record Decay(double limit, boolean warmup) {
    /** In a step, from 1. The first weights are taken as they are. */
    double at(long step) {
      if (step == 1) {
        return 0;
      }
      return warmup ? Math.min(limit, (1.0 + step) / (10.0 + step)) : limit;
    }
  }

  /** An average that begins with the network's present weights. */
  public static MovingAverage of(Network network, Decay decay) {
    return new MovingAverage(network.state(), network.manager(), decay);
  }

  /**
   * An average of those that are fp32.
   *
   * @param live parameters and buffers, with their names
   */
  MovingAverage(Map<String, NDArray> live, NDManager parent, Decay decay) {
    this.decay = decay;
    this.manager = parent.newSubManager();
    this.program = ScriptArchive.compile(manager, OptimizerProgram.STATE_METHODS + METHODS);
    live.forEach(
        (name, array) -> {
          if (array.getDataType() == DataType.FLOAT32) {
            this.live.put(PREFIX + name, array);
          }
        });
    this.values = this.live.values().stream().map(a -> (PtNDArray) a).toArray(PtNDArray[]::new);
    this.averages = GroupState.zeros(values, program, manager);
    int i = 0;
    for (String name : this.live.keySet()) {
      state.put(name, averages[i++]);
    }
    restart();
  }

  private void restart() {
    StateCopy.into(state, live, program);
  }

  /**
   * Takes in the weights after a step. The host does not wait for the device.
   *
   * @param step from 1, counted over the whole run
   */
  public void update(long step) {
    try (IValue to = IValue.listFrom(averages);
        IValue from = IValue.listFrom(values);
        IValue share = IValue.from(1 - decay.at(step));
        IValue none = IValueUtils.runMethod(program, "average", to, from, share)) {
      assert none != null;
    }
  }

  /**
   * Exchanges the network's weights and the average, bit for bit; the second time everything is
   * back. One tensor is copied at a time.
   */
  public void swap() {
    try (IValue one = IValue.listFrom(values);
        IValue other = IValue.listFrom(averages);
        IValue none = IValueUtils.runMethod(program, "swap", one, other)) {
      assert none != null;
    }
  }

  /** The average, live, by torchvision's names after {@code ema.}. */
  public Map<String, NDArray> state() {
    return Collections.unmodifiableMap(state);
  }

  /** Whether this is the name of a tensor of an average. */
  public static boolean owns(String name) {
    return name.startsWith(PREFIX);
  }

  /**
   * Copies a saved average in place; names and shapes must be those of {@link #state()}. If there
   * is none, as in a run without, the network's present weights are the beginning of one.
   *
   * @param saved what else is in it is passed over
   */
  public void load(Map<String, NDArray> saved) {
    Map<String, NDArray> own = new LinkedHashMap<>(saved);
    own.keySet().removeIf(name -> !owns(name));
    if (own.isEmpty()) {
      restart();
    } else {
      StateCopy.into(state, own, program);
    }
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }
}
