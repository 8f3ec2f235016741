package training.fusion.trainer.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValueUtils;
import ai.djl.pytorch.jni.JniUtils;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.Architecture;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;
import training.fusion.trainer.model.architecture.ProgramSettings;

/**
 * Every network against torchvision and timm. In fp64, where nothing but a mistake makes a
 * difference; in fp32 and BF16 as near to fp64 as PyTorch itself. A suite takes the smallest of
 * each program; {@code -Dnetworks=all}, or names of some, takes others.
 */
@Tag("libtorch")
@NullUnmarked
class NetworkParityTest {
  private static final Pattern DROPPED =
      Pattern.compile("torch\\.div\\(d, ([0-9.e-]+)\\)"); // one for each branch

  static Stream<NetworkGolden> networks() {
    String asked = System.getProperty("networks", "");
    List<String> names = List.of(asked.split(","));
    return NetworkGolden.of(
        Arrays.stream(Architecture.values())
            .filter(
                row ->
                    asked.isEmpty()
                        ? Smallest.ROWS.contains(row)
                        : asked.equals("all") || names.contains(row.toString())));
  }

  /** The smallest network of each program, and of each kind of block that it has. */
  private static final class Smallest {
    static final List<Architecture> ROWS =
        List.of(
            Architecture.DEIT_TI_16,
            Architecture.RESNET_18,
            Architecture.RESNET_50,
            Architecture.CONVNEXT_TINY,
            Architecture.DENSENET_169,
            Architecture.SWIN_T);
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  @DisplayName("each block has the reference's number of parameters")
  void counts(Architecture architecture) {
    ArchitectureTable table = ArchitectureTable.of(architecture, Golden.CLASSES);
    Map<String, Long> ours = new LinkedHashMap<>();
    for (int block = 0; block <= architecture.blocks(); block++) {
      ours.put(Integer.toString(block), table.parametersIn(block));
    }
    Map<String, Long> theirs = new LinkedHashMap<>();
    int size = Integer.parseInt(NetworkGolden.of(architecture).get("sizes").fieldNames().next());
    long positions =
        ArchitectureTable.of(architecture, Golden.CLASSES, size).parametersIn(0)
            - table.parametersIn(0);
    NetworkGolden.of(architecture)
        .get("parameters")
        .fields()
        .forEachRemaining(
            e ->
                theirs.put(
                    e.getKey(), e.getValue().asLong() - (e.getKey().equals("0") ? positions : 0)));
    assertThat(ours).containsExactlyInAnyOrderEntriesOf(theirs);
  }

  @ParameterizedTest
  @EnumSource(Architecture.class)
  @DisplayName("each branch is dropped with the reference's probability")
  void stochasticDepth(Architecture architecture) {
    ArchitectureProgram program =
        Architectures.of(architecture)
            .program(
                new ProgramSettings(
                    10,
                    64,
                    0,
                    NetworkGolden.DEPTH,
                    ArchitectureTable.defaultVariant(architecture),
                    Precision.FP32));
    List<Double> theirs = new ArrayList<>();
    NetworkGolden.of(architecture).get("depths").forEach(p -> theirs.add(p.asDouble()));
    assertThat(theirs.isEmpty()).isEqualTo(architecture.stochasticDepth() == null);
    List<Double> ours =
        DROPPED
            .matcher(program.statements(true))
            .results()
            .map(found -> 1 - Double.parseDouble(found.group(1)))
            .toList();
    List<Double> dropping = theirs.stream().filter(p -> p > 0).toList();
    assertThat(ours).hasSameSizeAs(dropping);
    for (int i = 0; i < ours.size(); i++) {
      assertThat(ours.get(i)).isCloseTo(dropping.get(i), org.assertj.core.data.Offset.offset(1e-7));
    }
    assertThat(program.statements(false)).doesNotContain("bernoulli");
  }

  @ParameterizedTest
  @MethodSource("networks")
  @DisplayName("in fp64 logits, loss, every gradient and the statistics are the reference's")
  void inDoublePrecision(NetworkGolden golden) {
    ArchitectureProgram source =
        Architectures.of(golden.architecture()).program(golden.settings(Precision.FP32).program());
    try (NDManager manager = NDManager.newBaseManager(Libtorch.start(0, 2));
        PtSymbolBlock program = ScriptArchive.compile(manager, differentiated(source))) {
      NDList state = state(manager, golden, source);
      NDArray images =
          manager.create(
              golden.images(), new Shape(NetworkGolden.BATCH, 3, golden.pixels(), golden.pixels()));
      NDArray labels = manager.create(NetworkGolden.labels());
      JsonNode eval = golden.figures("eval");
      NDList evaluated = call(manager, program, "evaluate", state, images, labels);
      double logitsOff = off(evaluated.get(1).toDoubleArray(), eval.get("logits"));
      JsonNode train = golden.figures("train");
      NDList trained = call(manager, program, "train", state, images, labels);
      double trainLogitsOff = off(trained.get(1).toDoubleArray(), train.get("logits"));
      double lossOff = Math.abs(trained.get(0).getDouble() / train.get("loss").asDouble() - 1);
      List<double[]> gradients = new ArrayList<>();
      trained.subList(2, trained.size()).forEach(g -> gradients.add(g.toDoubleArray()));
      double gradientsOff =
          NetworkGolden.largest(
              NetworkGolden.grouped(source.parameters(), gradients), train.get("gradients"));
      List<double[]> statistics = new ArrayList<>();
      for (int i = 0; i < source.buffers().size(); i++) {
        if (source.buffers().get(i).name().contains("running_")) {
          statistics.add(state.get(source.parameters().size() + i).toDoubleArray());
        }
      }
      double statisticsOff =
          statistics.isEmpty()
              ? 0
              : NetworkGolden.difference(statistics, train.get("statistics").get("statistics"));
      print(golden, "fp64", logitsOff, trainLogitsOff, lossOff, gradientsOff, statisticsOff);
      assertThat(logitsOff).isLessThan(1e-7);
      assertThat(trainLogitsOff).isLessThan(1e-7);
      assertThat(lossOff).isLessThan(1e-7);
      assertThat(gradientsOff).isLessThan(1e-6);
      assertThat(statisticsOff).isLessThan(1e-7);
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  @DisplayName("in fp32 a step is as near to fp64 as ten of PyTorch's own errors")
  void inSinglePrecision(NetworkGolden golden) {
    inPrecision(golden, Precision.FP32, "fp32", 10);
  }

  @ParameterizedTest
  @MethodSource("networks")
  @DisplayName("in BF16 a step is about as near to fp64 as PyTorch's autocast")
  void inBf16(NetworkGolden golden) {
    inPrecision(golden, Precision.BF16, "bf16", 3);
  }

  private static void inPrecision(
      NetworkGolden golden, Precision precision, String name, double times) {
    ArchitectureTable table =
        ArchitectureTable.of(golden.architecture(), Golden.CLASSES, golden.pixels());
    try (Network network =
        Network.create(
            Libtorch.start(0, 2), golden.settings(precision), TrainableBlocks.all(table), 0)) {
      load(network, golden);
      NDManager manager = network.manager();
      var shape = new Shape(NetworkGolden.BATCH, 3, golden.pixels(), golden.pixels());
      NDArray images = manager.create(floats(golden.images()), shape).transpose(0, 2, 3, 1);
      NDArray labels = manager.create(NetworkGolden.labels());
      Evaluation evaluation = network.evaluate(images, labels);
      double[] logits = new double[NetworkGolden.BATCH * Golden.CLASSES];
      Arrays.setAll(logits, i -> evaluation.logit(i / Golden.CLASSES, i % Golden.CLASSES));
      JsonNode eval = golden.figures("eval");
      JsonNode train = golden.figures("train");
      JsonNode own = train.get(name);
      double evalOff = off(logits, eval.get("logits"));
      try (Gradients pass = network.trainStep(images, labels, 0, 0)) {
        double trainOff = off(doubles(pass.logits().toFloatArray()), train.get("logits"));
        double lossOff = Math.abs(pass.loss().getFloat() / train.get("loss").asDouble() - 1);
        List<double[]> gradients = new ArrayList<>();
        pass.gradients().forEach(g -> gradients.add(doubles(g.toFloatArray())));
        double gradientsOff =
            NetworkGolden.largest(
                NetworkGolden.grouped(table.parameters(), gradients), train.get("gradients"));
        List<double[]> statistics = new ArrayList<>();
        network
            .state()
            .forEach(
                (key, value) -> {
                  if (key.contains("running_")) {
                    statistics.add(doubles(value.toFloatArray()));
                  }
                  if (key.endsWith("num_batches_tracked")) {
                    assertThat(value.getLong()).isEqualTo(1);
                  }
                });
        double statisticsOff =
            statistics.isEmpty()
                ? 0
                : NetworkGolden.difference(statistics, train.get("statistics").get("statistics"));
        print(golden, name, evalOff, trainOff, lossOff, gradientsOff, statisticsOff);
        System.out.println("  PyTorch " + name + ": eval " + eval.get(name) + ", train " + own);
        assertThat(evalOff).isLessThan(times * eval.get(name).get("logits").asDouble());
        assertThat(trainOff).isLessThan(times * own.get("logits").asDouble());
        assertThat(lossOff)
            .isLessThan(times * Math.max(own.get("loss").asDouble(), own.get("logits").asDouble()));
        assertThat(gradientsOff).isLessThan(times * own.get("gradients").asDouble());
        if (!statistics.isEmpty()) {
          assertThat(statisticsOff).isLessThan(times * own.get("statistics").asDouble());
        }
      }
    }
  }

  private static void load(Network network, NetworkGolden golden) {
    ArchitectureTable table = network.table();
    try (NDManager scope = network.manager().newSubManager()) {
      Map<String, NDArray> state = new LinkedHashMap<>(network.state());
      for (int k = 0; k < table.parameters().size(); k++) {
        ParameterSpec spec = table.parameters().get(k);
        state.put(spec.name(), scope.create(floats(golden.parameter(k, spec)), spec.shape()));
      }
      for (int k = 0; k < table.buffers().size(); k++) {
        BufferSpec spec = table.buffers().get(k);
        if (spec.name().contains("running_")) {
          state.put(spec.name(), scope.create(floats(NetworkGolden.buffer(k, spec))));
        }
      }
      network.load(state);
    }
  }

  private static NDList state(
      NDManager manager, NetworkGolden golden, ArchitectureProgram program) {
    NDList state = new NDList();
    for (int k = 0; k < program.parameters().size(); k++) {
      ParameterSpec spec = program.parameters().get(k);
      state.add(manager.create(golden.parameter(k, spec), spec.shape()));
    }
    for (int k = 0; k < program.buffers().size(); k++) {
      BufferSpec spec = program.buffers().get(k);
      state.add(
          spec.isConstant()
              ? manager.create(spec.constant().stream().mapToLong(Long::longValue).toArray())
              : spec.counter()
                  ? manager.zeros(new Shape(), DataType.INT64)
                  : manager.create(NetworkGolden.buffer(k, spec)));
    }
    state.forEach(array -> array.setName("state[]"));
    return state;
  }

  /** The program's statements over whatever type its parameters have. */
  private static String differentiated(ArchitectureProgram program) {
    String begin =
        "(self: __torch__.Program, state: List[Tensor], x: Tensor, y: Tensor) -> List[Tensor]:\n"
            + "    b = torch.slice(state, %d)\n".formatted(program.parameters().size())
            + "    p = annotate(List[Tensor], [])\n"
            + "    for i in range(%d):\n".formatted(program.parameters().size())
            + "      q = torch.requires_grad_(torch.clone(state[i]), %s)\n"
            + "      p = torch.append(p, q)\n"
            + "    h = torch.contiguous(x, memory_format=2)\n";
    String loss = "    loss = torch.cross_entropy_loss(h, y, None, 1, -100, 0.)\n";
    return "  def train"
        + begin.formatted("True")
        + program.statements(true)
        + loss
        + "    out = [torch.detach(loss), torch.detach(h)]\n"
        + "    for g in torch.grad([loss], p):\n"
        + "      out = torch.append(out, unchecked_cast(Tensor, g))\n"
        + "    return out\n"
        + "  def evaluate"
        + begin.formatted("False")
        + program.statements(false)
        + loss
        + "    return [loss, h]\n";
  }

  private static NDList call(
      NDManager manager,
      PtSymbolBlock program,
      String method,
      NDList state,
      NDArray images,
      NDArray labels) {
    JniUtils.setGradMode(true);
    JniUtils.setGraphExecutorOptimize(false);
    NDArray name = manager.create(0);
    name.setName("module_method:" + method);
    NDList inputs = new NDList(name);
    inputs.addAll(state);
    inputs.add(images);
    inputs.add(labels);
    return IValueUtils.forward(program, inputs, true);
  }

  /** The largest difference of a logit. */
  private static double off(double[] logits, JsonNode reference) {
    return IntStream.range(0, logits.length)
        .mapToDouble(
            i ->
                Math.abs(
                    logits[i]
                        - reference.get(i / Golden.CLASSES).get(i % Golden.CLASSES).asDouble()))
        .max()
        .orElseThrow();
  }

  private static void print(
      NetworkGolden golden,
      String precision,
      double eval,
      double train,
      double loss,
      double gradients,
      double statistics) {
    System.out.printf(
        Locale.ROOT,
        "%s, %s: logits %.1e eval, %.1e train, loss %.1e, gradients %.1e, statistics %.1e%n",
        golden,
        precision,
        eval,
        train,
        loss,
        gradients,
        statistics);
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  private static double[] doubles(float[] values) {
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }
}
