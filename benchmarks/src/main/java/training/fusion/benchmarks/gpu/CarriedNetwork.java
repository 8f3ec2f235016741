package training.fusion.benchmarks.gpu;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset;
import training.fusion.api.Training.Precision;
import training.fusion.benchmarks.trainer.Workload;
import training.fusion.benchmarks.trainer.Workload.Strategy;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.InputAugmentation;
import training.fusion.trainer.model.MemoryEstimate;
import training.fusion.trainer.model.NetworkProgram;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;
import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;

/**
 * A network at one size: its programs, and what fills it.
 *
 * @param small whether a CPU can compute it in seconds
 */
record CarriedNetwork(Architecture architecture, boolean small) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SMALL_BATCH = 4;
  private static final int SMALL_PIXELS = 64;
  private static final int BATCH = 128;
  private static final int STORED_PIXELS = 80;

  /** TF32 is FP32's program under another switch. */
  private static final List<Precision> PRECISIONS = List.of(Precision.FP32, Precision.BF16);

  Workload workload(Precision precision) {
    return small
        ? new Workload(architecture, precision, Strategy.FUSION, SMALL_BATCH, SMALL_PIXELS)
        : new Workload(architecture, precision, Strategy.FUSION, BATCH, architecture.imageSize());
  }

  /** Of matrices and kernels: logits of order one, which the input moves. */
  private double gain() {
    return switch (architecture.family()) {
      case EFFICIENTNET_V2 -> 1.2;
      case DENSENET -> 1.4;
      default -> 1;
    };
  }

  /** What fills a parameter. */
  HashedValues values(int index, ParameterSpec spec) {
    boolean matrix =
        spec.shape().dimension() >= 2
            && !spec.name().matches(".*(_token|pos_embedding|bias_table)");
    double fanIn = (double) spec.size() / spec.shape().get(0);
    if (spec.initialization() == Initialization.ONES) {
      return new HashedValues(index, 1, 0.1);
    }
    if (spec.initialization() == Initialization.SCALE_1E_6) {
      return new HashedValues(index, 0, 0.3);
    }
    return new HashedValues(index, 0, matrix ? (float) (gain() * Math.sqrt(3 / fanIn)) : 0.1);
  }

  /**
   * Writes its programs.
   *
   * @return what the other side must know of it
   */
  ObjectNode write(Path folder) throws IOException {
    Workload workload = workload(Precision.FP32);
    ObjectNode out = described();
    out.set(
        "optimizer",
        CarriedRule.write(
            folder, file("update"), workload.optimization(), workload.groups(), workload.table()));
    ObjectNode precisions = out.putObject("precisions");
    for (Precision precision : PRECISIONS) {
      var settings = workload.with(precision).settings();
      ObjectNode node = program(folder, precisions, precision, precision.toString(), settings);
      MemoryEstimate memory = MemoryEstimate.of(settings);
      node.put("fixedBytes", memory.fixed()).put("bytesPerImage", memory.perImage());
    }
    return out;
  }

  /** The same with all that a training may ask of a program. */
  ObjectNode writeAugmented(Path folder) throws IOException {
    NetworkSettings plain = workload(Precision.FP32).settings();
    var settings =
        new NetworkSettings(
            plain.kind(),
            plain.variant(),
            plain.classes(),
            plain.imageSize(),
            0.2,
            architecture.stochasticDepth() == null ? 0 : 0.1,
            new NetworkSettings.Pictures(STORED_PIXELS, STORED_PIXELS, 3),
            plain.resize(),
            Dataset.Resize.Interpolation.BICUBIC,
            new InputAugmentation(false, true, true, InputAugmentation.Erasing.NOISE, true),
            plain.mean(),
            plain.std(),
            0.1,
            plain.precision(),
            Collections.nCopies(plain.classes(), 1.0),
            null);
    ObjectNode out = described().put("stored", STORED_PIXELS);
    program(folder, out.putObject("precisions"), Precision.FP32, "augmented", settings);
    return out;
  }

  private ObjectNode program(
      Path folder,
      ObjectNode precisions,
      Precision precision,
      String name,
      NetworkSettings settings)
      throws IOException {
    String file = file(name);
    Files.write(folder.resolve(file), NetworkProgram.archive(settings));
    return precisions.putObject(precision.toString()).put("archive", file);
  }

  private ObjectNode described() {
    Workload workload = workload(Precision.FP32);
    ArchitectureTable table = workload.table();
    ObjectNode out = JSON.createObjectNode();
    out.put("name", architecture.toString());
    out.put("small", small);
    out.put("pixels", workload.pixels()).put("batch", workload.batch());
    out.put("classes", Workload.CLASSES);
    out.set("mean", numbers(workload.settings().mean()));
    out.set("std", numbers(workload.settings().std()));
    ArrayNode parameters = out.putArray("parameters");
    for (int i = 0; i < table.parameters().size(); i++) {
      parameters.add(parameter(i, table.parameters().get(i)));
    }
    ArrayNode buffers = out.putArray("buffers");
    for (int i = 0; i < table.buffers().size(); i++) {
      buffers.add(buffer(i, table.buffers().get(i)));
    }
    return out;
  }

  private String file(String what) {
    return "%s-%d-%s.pt".formatted(architecture, workload(Precision.FP32).pixels(), what);
  }

  private ObjectNode parameter(int index, ParameterSpec spec) {
    ObjectNode out = JSON.createObjectNode().put("name", spec.name());
    out.set("shape", JSON.valueToTree(spec.shape().getShape()));
    out.put("block", spec.block()).put("operand", spec.operand());
    HashedValues values = values(index, spec);
    return out.put("offset", values.offset()).put("scale", values.scale());
  }

  private static ObjectNode buffer(int index, BufferSpec spec) {
    ObjectNode out = JSON.createObjectNode().put("name", spec.name());
    if (spec.isConstant()) {
      out.set("constant", JSON.valueToTree(spec.constant()));
    } else if (!spec.counter()) {
      var values = HashedValues.statistics(index, spec.name().endsWith("running_var"));
      out.put("channels", spec.channels()).put("tensor", values.tensor());
      out.put("offset", values.offset()).put("scale", values.scale());
    }
    return out;
  }

  private static JsonNode numbers(List<Double> values) {
    return JSON.valueToTree(values);
  }
}
