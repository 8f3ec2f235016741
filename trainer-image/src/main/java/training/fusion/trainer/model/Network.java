package training.fusion.trainer.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
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
import java.util.stream.IntStream;

/**
 * A network on a device: its program, parameters and buffers. One thread uses it at a time. Random
 * numbers of a step are a function of (seed, step), so a run that is resumed draws what an
 * undisturbed one does.
 */
public final class Network implements AutoCloseable {
  private final NetworkSettings settings;
  private final ArchitectureTable table;
  private final TrainableBlocks trainable;
  private final NDManager manager;
  private final PtSymbolBlock program;
  private final NDList parameters;
  private final NDList buffers;
  private final NDArray normalization;

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
    float[] norm = new float[6];
    for (int c = 0; c < 3; c++) {
      norm[c] = settings.mean().get(c).floatValue();
      norm[3 + c] = settings.std().get(c).floatValue();
    }
    this.normalization = manager.create(norm, new Shape(2, 3));
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

  /**
   * One forward and backward pass in training mode; batch norms gather their running statistics.
   *
   * @param images unsigned bytes [images, height, width] or [images, height, width, 3]
   * @param labels int64 [images]
   */
  public Gradients trainStep(NDArray images, NDArray labels, long seed, long step) {
    JniUtils.setSeed(Randomness.mix(seed, step));
    NDList out = call("forward", images, labels);
    return new Gradients(
        out.get(0), out.get(1), out.get(2), List.copyOf(out.subList(3, out.size())), out.get(0));
  }

  /**
   * Logits and summed cross-entropy in evaluation mode.
   *
   * @param images as in {@link #trainStep}
   */
  public Evaluation evaluate(NDArray images, NDArray labels) {
    NDList out = call("evaluate", images, labels);
    try {
      return new Evaluation(out.get(0).toFloatArray(), out.get(1).getFloat(), settings.classes());
    } finally {
      out.get(0).getManager().close();
    }
  }

  private NDList call(String method, NDArray images, NDArray labels) {
    JniUtils.setGradMode(true); // per thread; DJL turns it off outside its gradient collector
    JniUtils.setGraphExecutorOptimize(false); // spares profiling and specialising the program
    NDManager scope = manager.newSubManager();
    NDArray name = scope.create(0); // results attach to the first input's manager
    name.setName("module_method:" + method);
    NDList inputs = new NDList(parameters.size() + buffers.size() + 4);
    inputs.add(name);
    inputs.addAll(parameters);
    inputs.addAll(buffers);
    inputs.add(images);
    inputs.add(labels);
    inputs.add(normalization);
    return IValueUtils.forward(program, inputs, true);
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

  private NDList initialParameters(long seed) {
    List<ParameterSpec> specs = table.parameters();
    List<float[]> values =
        IntStream.range(0, specs.size())
            .parallel()
            .mapToObj(i -> Initializer.values(specs.get(i), i, seed))
            .toList();
    NDList rowMajor = new NDList();
    try (NDManager scope = manager.newSubManager()) {
      NDArray name = scope.create(0);
      name.setName("module_method:arrange");
      rowMajor.add(name);
      for (int i = 0; i < specs.size(); i++) {
        NDArray array = scope.create(values.get(i), specs.get(i).shape());
        array.setName("tensors[]");
        rowMajor.add(array);
      }
      NDList arranged = IValueUtils.forward(program, rowMajor, true);
      arranged.attach(manager);
      arranged.forEach(a -> a.setName("params[]"));
      return arranged;
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
      array.setName("b[]");
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
