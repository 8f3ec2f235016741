package training.fusion.trainer.optim;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.ScriptArchive;
import training.fusion.trainer.model.StateCopy;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;

/**
 * An exponential moving average of a network's parameters and of its batch norms' statistics, on
 * the device: what {@code torch.optim.swa_utils.AveragedModel} with {@code get_ema_multi_avg_fn}
 * and {@code use_buffers=True} keeps. The first step's weights are taken as they are. Counters of
 * batches are not averaged: they are the network's own.
 */
public final class MovingAverage implements AutoCloseable {
  /** Tells the average's tensors from the optimizer's, with which they are saved. */
  private static final String PREFIX = "ema.";

  private static final Pattern STATISTICS = Pattern.compile("running_(mean|var)$");

  private static final String METHODS =
      """
        def average(self: __torch__.Program, averages: List[Tensor], values: List[Tensor], share: float) -> None:
          torch._foreach_lerp_(averages, values, share)
          return None
        def average_finite(self: __torch__.Program, averages: List[Tensor], values: List[Tensor], share: float) -> None:
          for i in range(torch.len(averages)):
            a = averages[i]
            v = values[i]
            finite = torch.logical_and(torch.isfinite(a), torch.isfinite(v))
            _0 = torch.copy_(a, torch.where(finite, torch.lerp(a, v, share), v))
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

  /** Pairs of values and averages: those that are finite, and those that may not be. */
  private final List<Pairs> pairs = new ArrayList<>();

  private record Pairs(String method, List<PtNDArray> averages, List<PtNDArray> values) {}

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
    return new MovingAverage(network.state(), masks(network), network.manager(), decay);
  }

  /** What somebody's own network keeps and does not train may be a mask with −∞ in it. */
  private static Set<String> masks(Network network) {
    if (network.settings().kind().architecture() != null) {
      return Set.of();
    }
    Stream<String> fixed =
        network.table().parameters().stream()
            .filter(parameter -> !network.differentiates(parameter))
            .map(ParameterSpec::name);
    Stream<String> buffers =
        network.table().buffers().stream()
            .map(BufferSpec::name)
            .filter(name -> !STATISTICS.matcher(name).find());
    return Stream.concat(fixed, buffers).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * An average of those that are fp32.
   *
   * @param live parameters and buffers, with their names
   * @param masks those of them that may be infinite: an average of two infinities is not a number,
   *     and the live value is taken
   */
  MovingAverage(Map<String, NDArray> live, Set<String> masks, NDManager parent, Decay decay) {
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
    List<String> names = List.copyOf(this.live.keySet());
    Map<Boolean, List<Integer>> kinds =
        IntStream.range(0, names.size())
            .boxed()
            .collect(
                Collectors.partitioningBy(
                    k -> masks.contains(names.get(k).substring(PREFIX.length()))));
    kinds.forEach(
        (mask, of) -> {
          if (!of.isEmpty()) {
            pairs.add(
                new Pairs(
                    mask ? "average_finite" : "average", some(averages, of), some(values, of)));
          }
        });
    restart();
  }

  private static List<PtNDArray> some(PtNDArray[] all, List<Integer> which) {
    return which.stream().map(k -> all[k]).toList();
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
    for (Pairs pair : pairs) {
      try (IValue to = IValue.listFrom(pair.averages().toArray(new PtNDArray[0]));
          IValue from = IValue.listFrom(pair.values().toArray(new PtNDArray[0]));
          IValue share = IValue.from(1 - decay.at(step));
          IValue none = IValueUtils.runMethod(program, pair.method(), to, from, share)) {
        assert none != null;
      }
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
