package training.fusion.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.ParameterSpec.Initialization;

/**
 * A network on a device: its program, parameters and buffers. One thread uses it at a time. Random
 * numbers of a step are a function of (seed, step), so a run that is resumed draws what an
 * undisturbed one does.
 */
public final class Network implements AutoCloseable {
  private static final int INITIALIZED_AT_ONCE = 12;

  private final NetworkSettings settings;
  private final ArchitectureTable table;
  private final TrainableBlocks trainable;
  private final NDManager manager;
  private final PtSymbolBlock program;
  private final NDList parameters;
  private final NDList buffers;

  /** What the program reads: the parameters, but for the operands in BF16 their bf16 copies. */
  private final NDList read;

  private final PtNDArray[] masters;
  private final PtNDArray[] copies;
  private final NDArray normalization;
  private final @Nullable NDArray classWeights;
  private @Nullable PassListener listener;

  private Network(NetworkSettings settings, TrainableBlocks trainable, Device device, long seed) {
    this.settings = settings;
    this.trainable = trainable;
    var definition = ArchitectureDefinition.of(settings.architecture());
    ArchitectureProgram source = definition.program(settings.program());
    this.table = new ArchitectureTable(definition, source);
    this.manager = NDManager.newBaseManager(device);
    this.program =
        ScriptArchive.compile(
            manager,
            NetworkProgram.text(
                settings, source, trainable.firstParameter(table), trainable.endParameter(table)));
    this.parameters = initialParameters(seed);
    this.buffers = initialBuffers();
    this.masters = toArray(operands(settings.precision()));
    this.copies = masters.length == 0 ? masters : toArray(transformed("reduce", masters));
    this.read = new NDList(parameters);
    int copy = 0;
    for (int i = 0; i < parameters.size() && copies.length > 0; i++) {
      if (table.parameters().get(i).operand()) {
        read.set(i, copies[copy++]);
      }
    }
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
    return new Network(settings, trainable, device, seed);
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
    return trainStep(images, labels, InputDraws.NONE, seed, step);
  }

  private Gradients trainStep(
      NDArray images, NDArray labels, InputDraws draws, long seed, long step) {
    JniUtils.setSeed(Randomness.mix(seed, step));
    refreshOperands();
    return pass(images, labels, draws);
  }

  /** As the next one, where nothing was drawn for the batch. */
  public Gradients trainStep(
      NDArray images, NDArray labels, List<MicroBatch> microBatches, long seed, long step) {
    return trainStep(images, labels, InputDraws.NONE, microBatches, seed, step);
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
    if (microBatches.size() == 1) {
      return trainStep(images, labels, draws, seed, step);
    }
    JniUtils.setSeed(Randomness.mix(seed, step));
    refreshOperands();
    var sum = new GradientSum(program);
    int from = 0;
    for (MicroBatch part : microBatches) {
      var range = new NDIndex("{}:{}", from, from + part.images());
      try (NDArray someImages = images.get(range);
          NDArray someLabels = labels.get(range);
          NDArray someErased = draws.erased() == null ? null : draws.erased().get(range)) {
        var some = new InputDraws(someErased, draws.mixed());
        sum.add(pass(someImages, someLabels, some), part.share());
      }
      from += part.images();
    }
    return sum.total();
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

  private Gradients pass(NDArray images, NDArray labels, InputDraws draws) {
    if (listener != null) {
      return passes(images, labels, draws, listener);
    }
    NDList out = call("forward", images, labels, classWeights, draws);
    return new Gradients(
        out.get(0), out.get(1), out.get(2), List.copyOf(out.subList(3, out.size())), out.get(0));
  }

  private Gradients passes(NDArray images, NDArray labels, InputDraws draws, PassListener told) {
    told.forwardBegins();
    NDList out = call("predict", images, labels, classWeights, draws);
    told.backwardBegins();
    NDManager scope = out.get(0).getManager();
    NDList inputs = new NDList(method("differentiate", scope), out.get(0));
    for (NDArray leaf : out.subList(3, out.size())) {
      leaf.setName("leaves[]");
      inputs.add(leaf);
    }
    NDList gradients = IValueUtils.forward(program, inputs, true);
    NDArray loss = ((PtNDArray) out.get(0)).stopGradient();
    loss.attach(scope);
    return new Gradients(loss, out.get(1), out.get(2), List.copyOf(gradients), loss);
  }

  /**
   * Logits and summed cross-entropy in evaluation mode.
   *
   * @param images as in {@link #trainStep}
   */
  public Evaluation evaluate(NDArray images, NDArray labels) {
    refreshOperands();
    NDList out = call("evaluate", images, labels, null, InputDraws.NONE);
    try {
      return new Evaluation(out.get(0).toFloatArray(), out.get(1).getFloat(), settings.classes());
    } finally {
      out.get(0).getManager().close();
    }
  }

  private NDList call(
      String method, NDArray images, NDArray labels, @Nullable NDArray weights, InputDraws draws) {
    JniUtils.setGradMode(true); // per thread; DJL turns it off outside its gradient collector
    JniUtils.setGraphExecutorOptimize(false); // spares profiling and specialising the program
    NDManager scope = manager.newSubManager();
    NDList inputs = new NDList(parameters.size() + buffers.size() + 7);
    inputs.add(method(method, scope));
    inputs.addAll(read);
    inputs.addAll(buffers);
    inputs.add(images);
    inputs.add(labels);
    inputs.add(normalization);
    Stream.of(weights, draws.erased(), draws.mixed()).filter(Objects::nonNull).forEach(inputs::add);
    return IValueUtils.forward(program, inputs, true);
  }

  /** The first input says which method is meant, and results attach to its manager. */
  private static NDArray method(String name, NDManager scope) {
    NDArray method = scope.create(0);
    method.setName("module_method:" + name);
    return method;
  }

  /**
   * What {@code nn.Linear} begins with, ±1/√fan_in, for a head that replaces a pretrained one.
   *
   * @param name torchvision's, of the head's weight or bias
   * @return values, row-major
   */
  public float[] newHead(String name, long seed) {
    List<ParameterSpec> specs = table.parameters();
    int index = specs.stream().map(ParameterSpec::name).toList().indexOf(name);
    String weight = name.replace(".bias", ".weight");
    long fanIn =
        specs.stream()
            .filter(spec -> spec.name().equals(weight))
            .mapToLong(spec -> spec.shape().get(1))
            .findFirst()
            .orElseThrow();
    ParameterSpec spec = specs.get(index);
    var linear =
        new ParameterSpec(
            name, spec.shape(), spec.block(), Initialization.UNIFORM_FAN_IN, fanIn, false);
    return Initializer.values(linear, index, seed);
  }

  /** What the network consists of. */
  public ArchitectureTable table() {
    return table;
  }

  /** How it was made. */
  public NetworkSettings settings() {
    return settings;
  }

  /** Which blocks get gradients. */
  public TrainableBlocks trainable() {
    return trainable;
  }

  /** Where new arrays for this network are made. */
  public NDManager manager() {
    return manager;
  }

  /** The trainable parameters, live, in the order of {@link Gradients#gradients}. */
  public List<NDArray> trainableParameters() {
    return List.copyOf(
        parameters.subList(trainable.firstParameter(table), trainable.endParameter(table)));
  }

  /** Live parameters and buffers by torchvision's names; fp32, the counters int64. */
  public Map<String, NDArray> state() {
    Map<String, NDArray> state = new LinkedHashMap<>();
    for (int i = 0; i < parameters.size(); i++) {
      state.put(table.parameters().get(i).name(), parameters.get(i));
    }
    for (int i = 0; i < buffers.size(); i++) {
      state.put(table.buffers().get(i).name(), buffers.get(i));
    }
    return state;
  }

  /** Copies values in place, {@code state} having the names and shapes of {@link #state()}. */
  public void load(Map<String, NDArray> state) {
    StateCopy.into(state(), state, program);
  }

  /** A few parameters at a time: nowhere are there two copies of all of them. */
  private NDList initialParameters(long seed) {
    List<ParameterSpec> specs = table.parameters();
    NDList parameters = new NDList(specs.size());
    for (int from = 0; from < specs.size(); from += INITIALIZED_AT_ONCE) {
      int end = Math.min(specs.size(), from + INITIALIZED_AT_ONCE);
      List<float[]> values =
          IntStream.range(from, end)
              .parallel()
              .mapToObj(i -> Initializer.values(specs.get(i), i, seed))
              .toList();
      try (NDManager scope = manager.newSubManager()) {
        NDArray[] rowMajor = new NDArray[end - from];
        for (int i = from; i < end; i++) {
          rowMajor[i - from] = scope.create(values.get(i - from), specs.get(i).shape());
        }
        parameters.addAll(transformed("arrange", rowMajor));
      }
    }
    return parameters;
  }

  /** Parameters of which the program reads a bf16 copy. */
  private List<NDArray> operands(Precision precision) {
    return precision != Precision.BF16
        ? List.of()
        : IntStream.range(0, parameters.size())
            .filter(i -> table.parameters().get(i).operand())
            .mapToObj(parameters::get)
            .toList();
  }

  /** The optimizer wrote to the fp32 parameters: the copies follow. */
  private void refreshOperands() {
    if (copies.length > 0) {
      StateCopy.copy(copies, masters, program);
    }
  }

  /** What a method that maps a list of tensors makes of them, kept with the network. */
  private NDList transformed(String method, NDArray[] arrays) {
    try (NDManager scope = manager.newSubManager()) {
      NDArray name = scope.create(0);
      name.setName("module_method:" + method);
      NDList inputs = new NDList(name);
      for (NDArray array : arrays) { // an array keeps the name that it has elsewhere
        NDArray alias = ((PtNDArray) array).stopGradient();
        alias.attach(scope);
        alias.setName("tensors[]");
        inputs.add(alias);
      }
      NDList out = IValueUtils.forward(program, inputs, true);
      out.attach(manager);
      out.forEach(a -> a.setName("state[]"));
      return out;
    }
  }

  private NDList initialBuffers() {
    List<NDArray> arrays = new ArrayList<>();
    for (BufferSpec spec : table.buffers()) {
      NDArray array;
      if (spec.counter()) {
        array = manager.zeros(new Shape(), DataType.INT64);
      } else if (spec.name().endsWith("running_var")) {
        array = manager.ones(new Shape(spec.channels()));
      } else {
        array = manager.zeros(new Shape(spec.channels()));
      }
      array.setName("state[]");
      arrays.add(array);
    }
    return new NDList(arrays.toArray(new NDArray[0]));
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
