package training.fusion.trainer.model;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ParameterSpec;
import training.fusion.trainer.model.architecture.ProgramHost;

/**
 * A network on a device: its program, parameters and buffers. One thread uses it at a time. Random
 * numbers of a step are a function of (seed, step), so a run that is resumed draws what an
 * undisturbed one does.
 */
public final class Network implements AutoCloseable {
  private final NetworkSettings settings;
  private final ArchitectureTable table;
  private final TrainableBlocks trainable;
  private final FrozenBlocks frozen;
  private final List<TrainableBlocks> ranges;
  private final List<Segment> segments;
  private final NDManager manager;
  private final PtSymbolBlock program;
  private final NetworkState state;
  private final NDArray normalization;
  private final @Nullable NDArray classWeights;
  private final @Nullable ProgramHost host;
  private @Nullable PassListener listener;
  private boolean training;

  /** Whether somebody's own network has computed here: a rehearsal ends with an evaluation. */
  private boolean proven;

  private Network(
      NetworkSettings settings,
      TrainableBlocks trainable,
      FrozenBlocks frozen,
      List<TrainableBlocks> ranges,
      Device device,
      long seed) {
    this.settings = settings;
    this.trainable = trainable;
    this.frozen = frozen;
    ArchitectureProgram source =
        settings.kind().definition().program(settings.program(frozen.withStatistics()));
    this.table = new ArchitectureTable(settings.kind(), source);
    this.host = source.host();
    this.ranges = List.copyOf(ranges);
    this.segments = Segment.of(ranges, this::differentiates, table);
    this.manager = NDManager.newBaseManager(device);
    String text =
        NetworkProgram.text(settings, source, this::differentiates)
            + NetworkProgram.segments(settings, source, segments);
    this.program =
        host == null ? ScriptArchive.compile(manager, text) : host.compile(manager, text);
    this.state =
        new NetworkState(
            manager, program, table, host != null, settings.precision() == Precision.BF16, seed);
    float[] norm = new float[6];
    for (int c = 0; c < 3; c++) {
      norm[c] = settings.mean().get(c).floatValue();
      norm[3 + c] = settings.std().get(c).floatValue();
    }
    this.normalization = manager.create(norm, new Shape(2, 3));
    this.classWeights = classWeights(settings.classWeights());
  }

  /**
   * A network with initial weights drawn from {@code seed}.
   *
   * @param trainable which blocks get gradients
   */
  public static Network create(
      Device device, NetworkSettings settings, TrainableBlocks trainable, long seed) {
    return create(device, settings, trainable, FrozenBlocks.NONE, List.of(), seed);
  }

  /**
   * A network whose passes can be followed segment by segment.
   *
   * @param trainable the first and the last block that get gradients
   * @param frozen those that do not, between them too
   * @param segments what lies between, in runs that follow each other, each of which is frozen as a
   *     whole or not at all; none: passes are not cut
   */
  public static Network create(
      Device device,
      NetworkSettings settings,
      TrainableBlocks trainable,
      FrozenBlocks frozen,
      List<TrainableBlocks> segments,
      long seed) {
    return new Network(settings, trainable, frozen, segments, device, seed);
  }

  private @Nullable NDArray classWeights(@Nullable List<Double> weights) {
    if (weights == null) {
      return null;
    }
    float[] values = new float[weights.size()];
    for (int c = 0; c < values.length; c++) {
      values[c] = weights.get(c).floatValue();
    }
    return manager.create(values);
  }

  /**
   * One forward and backward pass in training mode; batch norms gather their running statistics.
   *
   * @param images unsigned bytes [images, height, width] or [images, height, width, 3]
   * @param labels int64 [images]
   */
  public Gradients trainStep(NDArray images, NDArray labels, long seed, long step) {
    return trainStep(new NDList(images), labels, InputDraws.NONE, seed, step);
  }

  private Gradients trainStep(
      NDList images, NDArray labels, InputDraws draws, long seed, long step) {
    JniUtils.setSeed(Randomness.mix(seed, step));
    state.refresh();
    return pass(images, labels, draws);
  }

  /** As the next one, where nothing was drawn for the batch. */
  public Gradients trainStep(
      NDArray images, NDArray labels, List<MicroBatch> microBatches, long seed, long step) {
    return trainStep(new NDList(images), labels, InputDraws.NONE, microBatches, seed, step);
  }

  /**
   * The same in several passes, whose gradients add up to the batch's: for a network without batch
   * norm the same but for rounding. Batch norms see one micro-batch at a time.
   *
   * @param draws of the batch; images are mixed within their micro-batch
   * @param microBatches the passes; they add up to the batch
   */
  public Gradients trainStep(
      NDArray images,
      NDArray labels,
      InputDraws draws,
      List<MicroBatch> microBatches,
      long seed,
      long step) {
    return trainStep(new NDList(images), labels, draws, microBatches, seed, step);
  }

  /** The same of pictures, or of the tensors of a network that takes tensors. */
  public Gradients trainStep(
      NDList images,
      NDArray labels,
      InputDraws draws,
      List<MicroBatch> microBatches,
      long seed,
      long step) {
    if (microBatches.size() == 1) {
      return trainStep(images, labels, draws, seed, step);
    }
    JniUtils.setSeed(Randomness.mix(seed, step));
    state.refresh();
    var sum = new GradientSum(program);
    int from = 0;
    for (MicroBatch part : microBatches) {
      try (var some = SomeImages.of(images, labels, draws, from, part.images())) {
        sum.add(pass(some.images(), some.labels(), some.draws()), part.share());
      }
      from += part.images();
    }
    return sum.total();
  }

  /**
   * The same, and the same bits, for a listener that does something with each segment's parameters
   * or gradients when their turn has come. The network was made with segments.
   *
   * @return loss, correct and logits, without gradients
   */
  public Gradients trainStep(
      NDList images,
      NDArray labels,
      InputDraws draws,
      List<MicroBatch> microBatches,
      long seed,
      long step,
      SegmentListener segmentListener) {
    JniUtils.setSeed(Randomness.mix(seed, step));
    return new SegmentedStep(this, program, segmentListener)
        .run(images, labels, draws, microBatches);
  }

  /** From now on tells which pass begins; a step's one native call becomes two for it. */
  public void listen(PassListener passListener) {
    this.listener = passListener;
  }

  /** Waits until the device has done what it was told: a copy to the host is its last work. */
  public void await() {
    if (manager.getDevice().isGpu()) {
      try (NDArray mark = manager.zeros(new Shape(1))) {
        mark.toFloatArray();
      }
    }
  }

  private Gradients pass(NDList images, NDArray labels, InputDraws draws) {
    mode(true);
    if (listener != null) {
      return passes(images, labels, draws, listener);
    }
    NDList out = call("forward", images, labels, classWeights, draws, null);
    return new Gradients(
        out.get(0), out.get(1), out.get(2), List.copyOf(out.subList(3, out.size())), out.get(0));
  }

  private Gradients passes(NDList images, NDArray labels, InputDraws draws, PassListener told) {
    told.forwardBegins();
    NDList out = call("predict", images, labels, classWeights, draws, null);
    told.backwardBegins();
    NDManager scope = out.get(0).getManager();
    NDList gradients =
        call("differentiate", new NDList(out.get(0)), new NDList(out.subList(3, out.size())));
    gradients.attach(scope);
    NDArray loss = ((PtNDArray) out.get(0)).stopGradient();
    loss.attach(scope);
    return new Gradients(loss, out.get(1), out.get(2), List.copyOf(gradients), loss);
  }

  /** Calls a method that differentiates; what it returns has a manager of its own. */
  NDList call(String method, NDList outputs, NDList leaves) {
    JniUtils.setGradMode(true);
    NDList inputs = new NDList(method(method, manager.newSubManager()));
    inputs.addAll(outputs);
    for (NDArray leaf : leaves) {
      leaf.setName("leaves[]");
      inputs.add(leaf);
    }
    return IValueUtils.forward(program, inputs, true);
  }

  /**
   * Calls the forward pass of a segment.
   *
   * @param value what the segment before it came to; null for the first
   */
  NDList call(
      String method, NDList images, NDArray labels, InputDraws draws, @Nullable NDArray value) {
    return call(method, images, labels, classWeights, draws, value);
  }

  /** What is to hear of passes. */
  @Nullable PassListener listener() {
    return listener;
  }

  /** The operands' copies follow the parameters of a segment. */
  void refresh(int segment) {
    state.refresh(
        segment == 0 ? 0 : segments.get(segment - 1).endParameter(),
        segments.get(segment).endParameter());
  }

  /** Which blocks the segments have; empty where passes are not cut. */
  public List<TrainableBlocks> segmentRanges() {
    return ranges;
  }

  /** How passes are cut, where they are. */
  List<Segment> segments() {
    return segments;
  }

  /**
   * Logits and summed cross-entropy in evaluation mode.
   *
   * @param images as in {@link #trainStep}
   */
  public Evaluation evaluate(NDArray images, NDArray labels) {
    return evaluate(new NDList(images), labels);
  }

  /** The same of pictures or of the tensors of a network that takes tensors. */
  public Evaluation evaluate(NDList images, NDArray labels) {
    mode(false);
    state.refresh();
    NDList out = call("evaluate", images, labels, null, InputDraws.NONE, null);
    proven = true;
    try {
      return new Evaluation(out.get(0).toFloatArray(), out.get(1).getFloat(), settings.classes());
    } finally {
      out.get(0).getManager().close();
    }
  }

  private NDList call(
      String method,
      NDList images,
      NDArray labels,
      @Nullable NDArray weights,
      InputDraws draws,
      @Nullable NDArray value) {
    JniUtils.setGradMode(true); // per thread; DJL turns it off outside its gradient collector
    JniUtils.setGraphExecutorOptimize(false); // spares profiling and specialising the program
    NDManager scope = manager.newSubManager();
    NDList inputs = new NDList(method(method, scope));
    inputs.addAll(state.inputs());
    if (settings.tensors() != null) {
      images.forEach(input -> input.setName("x[]"));
    }
    inputs.addAll(images);
    inputs.add(labels);
    inputs.add(normalization);
    Stream.of(weights, draws.erased(), draws.mixed(), value)
        .filter(Objects::nonNull)
        .forEach(inputs::add);
    try {
      return IValueUtils.forward(program, inputs, true);
    } catch (EngineException e) {
      scope.close();
      throw host == null ? e : host.failure(e, proven);
    }
  }

  /** Somebody's own network asks in which mode it is. */
  private void mode(boolean train) {
    if (host == null || training == train) {
      return;
    }
    if (train) {
      JniUtils.enableTrainingMode(program);
    } else {
      JniUtils.enableInferenceMode(program);
    }
    training = train;
  }

  /**
   * One pass of each kind, which leaves nothing: what somebody's own network can't do is known
   * before the first step.
   */
  public void rehearse(NDList images, NDArray labels, InputDraws draws) {
    state.leavingBuffers(
        () -> {
          try (Gradients first = pass(images, labels, draws)) {
            assert first != null;
          }
          evaluate(images, labels);
        });
  }

  /** The first input says which method is meant, and results attach to its manager. */
  static NDArray method(String name, NDManager scope) {
    NDArray method = scope.create(0);
    method.setName("module_method:" + name);
    return method;
  }

  /** What the network consists of. */
  public ArchitectureTable table() {
    return table;
  }

  /** How it was made. */
  public NetworkSettings settings() {
    return settings;
  }

  /** The first and the last block that get gradients. */
  public TrainableBlocks trainable() {
    return trainable;
  }

  /** Where new arrays for this network are made. */
  public NDManager manager() {
    return manager;
  }

  /** Whether a step computes the gradient of a parameter. */
  public boolean differentiates(ParameterSpec parameter) {
    int block = parameter.block();
    return block >= trainable.first()
        && block <= trainable.last()
        && !frozen.blocks().contains(block);
  }

  /** The trainable parameters, live, in the order of {@link Gradients#gradients}. */
  public List<NDArray> trainableParameters() {
    return IntStream.range(0, table.parameters().size())
        .filter(i -> differentiates(table.parameters().get(i)))
        .mapToObj(state.parameters()::get)
        .toList();
  }

  /** Live parameters and buffers by torchvision's names; fp32, the counters int64. */
  public Map<String, NDArray> state() {
    return state.byName();
  }

  /** Copies values in place, {@code saved} having the names and shapes of {@link #state()}. */
  public void load(Map<String, NDArray> saved) {
    state.load(saved);
  }

  @Override
  public void close() {
    program.close();
    manager.close();
  }

  /** The arrays as libtorch's lists take them. */
  static PtNDArray[] toArray(Iterable<NDArray> arrays) {
    List<PtNDArray> list = new ArrayList<>();
    arrays.forEach(a -> list.add((PtNDArray) a));
    return list.toArray(new PtNDArray[0]);
  }
}
