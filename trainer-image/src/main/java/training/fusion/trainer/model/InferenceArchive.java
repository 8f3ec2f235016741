package training.fusion.trainer.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.ZipOutputStream;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ProgramSettings;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.TensorHeader;
import training.fusion.trainer.safetensors.TensorSource;

/**
 * A network with its weights as a TorchScript file for inference, as {@code torch.jit.save} writes
 * them: normalised images [n, 3, imageSize, imageSize] fp32 in, logits [n, classes] fp32 out. What
 * is besides the program and its tensors, {@code extra/metadata.json}, is read with {@code
 * torch.jit.load(file, _extra_files={"metadata.json": ""})}.
 */
public final class InferenceArchive {
  private static final String ROOT = "model/";

  private final Map<String, TensorHeader> tensors = new LinkedHashMap<>();
  private final ZipOutputStream zip;

  private InferenceArchive(ZipOutputStream zip) {
    this.zip = zip;
  }

  /**
   * Writes the file, and flushes the stream without closing it.
   *
   * @param metadata JSON
   * @param weights parameters and buffers under torchvision's names
   */
  public static void write(
      OutputStream out, NetworkSettings settings, String metadata, List<TensorSource> weights)
      throws IOException {
    var zip = new ZipOutputStream(out);
    new InferenceArchive(zip).write(settings, metadata, weights);
    zip.finish();
    out.flush();
  }

  private void write(NetworkSettings settings, String metadata, List<TensorSource> weights)
      throws IOException {
    int key = 0;
    for (TensorSource tensor : weights) {
      tensors.put(tensor.header().name(), tensor.header());
      store("data/" + key++, tensor.values().read());
    }
    store("data.pkl", ByteBuffer.wrap(instance()));
    store("code/__torch__.py", bytes(code(settings)));
    store("constants.pkl", ByteBuffer.wrap(new byte[] {(byte) 0x80, 2, ')', '.'}));
    store("extra/metadata.json", bytes(metadata));
    store("version", bytes("3\n"));
    store("byteorder", bytes("little"));
  }

  private static String code(NetworkSettings settings) {
    var fp32 =
        new ProgramSettings(
            settings.classes(), settings.imageSize(), 0, 0, settings.variant(), Precision.FP32);
    ArchitectureProgram program = settings.kind().definition().program(fp32);
    List<String> parameters = program.parameters().stream().map(p -> attribute(p.name())).toList();
    List<String> buffers = program.buffers().stream().map(b -> attribute(b.name())).toList();
    var code = new StringBuilder("class Model(Module):\n");
    code.append("  __parameters__ = [%s]\n".formatted(quoted(parameters)));
    code.append("  __buffers__ = [%s]\n".formatted(quoted(buffers)));
    parameters.forEach(name -> code.append("  %s : Tensor\n".formatted(name)));
    buffers.forEach(name -> code.append("  %s : Tensor\n".formatted(name)));
    int size = settings.imageSize();
    return code.append("  training : bool\n")
        .append("  def forward(self: __torch__.Model, x: Tensor) -> Tensor:\n")
        // the program is one for this size: another would not fail, but give wrong logits
        .append(
            "    if torch.ne(torch.slice(torch.size(x), 1), [3, %1$d, %1$d]):\n".formatted(size))
        .append(
            "      ops.prim.RaiseException(\"images must be [n, 3, %1$d, %1$d]\", \"builtins.ValueError\")\n"
                .formatted(size))
        .append("    else:\n      pass\n")
        .append("    p = %s\n".formatted(list(parameters)))
        .append("    b = %s\n".formatted(list(buffers)))
        .append("    h = torch.contiguous(x, memory_format=2)\n") // 2: channels-last
        .append(program.statements(false))
        .append("    return h\n")
        .toString();
  }

  private static String attribute(String name) {
    return name.replace('.', '_');
  }

  private static String quoted(List<String> names) {
    return names.stream().map(name -> "\"" + name + "\", ").collect(Collectors.joining());
  }

  private static String list(List<String> names) {
    return names.isEmpty()
        ? "annotate(List[Tensor], [])"
        : names.stream().map(name -> "self." + name).collect(Collectors.joining(", ", "[", "]"));
  }

  /** The pickle, protocol 2, of {@code Model()} with its tensors as attributes. */
  private byte[] instance() {
    var pickle = new PickleWriter();
    pickle.raw(0x80, 2);
    pickle.global("__torch__", "Model");
    pickle.raw(')', 0x81, '}', '(');
    int key = 0;
    for (TensorHeader tensor : tensors.values()) {
      pickle.text(attribute(tensor.name()));
      pickle.tensor(tensor, key++);
    }
    pickle.text("training");
    pickle.raw(0x89, 'u', 'b', '.');
    return pickle.out.toByteArray();
  }

  private void store(String name, ByteBuffer content) throws IOException {
    StoredEntries.store(zip, ROOT + name, content);
  }

  private static ByteBuffer bytes(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  /** The opcodes that a module's tensors need. */
  private static final class PickleWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void raw(int... opcodes) {
      for (int opcode : opcodes) {
        out.write(opcode);
      }
    }

    void global(String module, String name) {
      raw('c');
      write("%s\n%s\n".formatted(module, name).getBytes(StandardCharsets.UTF_8));
    }

    void text(String text) {
      byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
      raw('X');
      number(utf8.length);
      write(utf8);
    }

    private void write(byte[] bytes) {
      try {
        out.write(bytes);
      } catch (IOException e) {
        throw new UncheckedIOException(e); // memory only
      }
    }

    private void number(long value) {
      write(
          ByteBuffer.allocate(Integer.BYTES)
              .order(ByteOrder.LITTLE_ENDIAN)
              .putInt(Math.toIntExact(value))
              .array());
    }

    private void integer(long value) {
      raw('J');
      number(value);
    }

    private void integers(List<Long> values) {
      raw('(');
      values.forEach(this::integer);
      raw('t');
    }

    /**
     * {@code torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())}.
     */
    void tensor(TensorHeader tensor, int key) {
      long elements = tensor.bytes() / tensor.type().bytes();
      global("torch._utils", "_rebuild_tensor_v2");
      raw('(', '(');
      text("storage");
      global("torch", tensor.type() == ElementType.I64 ? "LongStorage" : "FloatStorage");
      text(Integer.toString(key));
      text("cpu");
      integer(elements);
      raw('t', 'Q');
      integer(0);
      integers(tensor.shape());
      integers(rowMajor(tensor.shape()));
      raw(0x89);
      global("collections", "OrderedDict");
      raw(')', 'R', 't', 'R');
    }

    private static List<Long> rowMajor(List<Long> shape) {
      var strides = new Long[shape.size()];
      long stride = 1;
      for (int d = strides.length - 1; d >= 0; d--) {
        strides[d] = stride;
        stride *= shape.get(d);
      }
      return List.of(strides);
    }
  }
}
