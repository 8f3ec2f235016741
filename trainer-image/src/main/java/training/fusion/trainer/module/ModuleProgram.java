package training.fusion.trainer.module;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.JniUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import training.fusion.trainer.Scratch;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.BufferSpec;
import training.fusion.trainer.model.architecture.ParameterSpec;
import training.fusion.trainer.model.architecture.ParameterSpec.Initialization;
import training.fusion.trainer.model.architecture.ProgramHost;
import training.fusion.trainer.model.architecture.ProgramSettings;

/**
 * The statements around somebody's own network: they put the parameters and buffers that they are
 * given into the module's attributes, and call its forward. So parameters are inputs, as of every
 * program here, and the module is left without a state of its own.
 */
final class ModuleProgram implements ArchitectureProgram, ProgramHost {
  private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_]\\w*");

  /** What a GPU or its libraries say when they fail: no file is to blame. */
  private static final Pattern OF_THE_DEVICE =
      Pattern.compile(
          "CUDA (driver )?error|CUBLAS_STATUS|CUDNN_STATUS|cuDNN error|CUSOLVER_STATUS");

  /** What an embedding on the CPU says of a number that is none of its rows. */
  private static final String NO_SUCH_ROW = "index out of range in self";

  /** What a backward pass says of a loss that comes from no parameter. */
  private static final String NO_GRADIENT = "does not require grad and does not have a grad_fn";

  /** Where a class lies in this process. */
  private static final Pattern ADDRESS =
      Pattern.compile(" \\(of Python compilation unit at: 0x[0-9a-f]+\\)");

  private final ModuleFile file;
  private final ModuleBlocks blocks;
  private final List<String> inputs;
  private final ProgramSettings settings;
  private final List<ScriptedTensor> parameters;
  private final List<ScriptedTensor> buffers;
  private final Map<List<String>, String> variables = new LinkedHashMap<>();

  ModuleProgram(
      ModuleFile file, ModuleBlocks blocks, List<String> inputs, ProgramSettings settings) {
    this.file = file;
    this.blocks = blocks;
    this.inputs = inputs;
    this.settings = settings;
    // an optimizer's parts follow each other
    this.parameters =
        file.modules().parameters().stream().sorted(Comparator.comparingInt(blocks::of)).toList();
    this.buffers = file.modules().buffers();
    for (ScriptedTensor tensor : file.modules().all()) {
      tensor
          .places()
          .forEach(place -> variables.putIfAbsent(place.module(), "own_" + variables.size()));
    }
  }

  @Override
  public List<ParameterSpec> parameters() {
    return parameters.stream()
        .map(
            p ->
                new ParameterSpec(
                    p.name(),
                    shape(p),
                    blocks.of(p),
                    p.view().differentiated() ? Initialization.BROUGHT : Initialization.FIXED,
                    1,
                    false))
        .toList();
  }

  private static Shape shape(ScriptedTensor tensor) {
    return new Shape(tensor.view().shape().stream().mapToLong(Long::longValue).toArray());
  }

  @Override
  public List<BufferSpec> buffers() {
    return buffers.stream()
        .map(b -> new BufferSpec(b.name(), Math.toIntExact(b.size()), List.of()))
        .toList();
  }

  @Override
  public String statements(boolean train) {
    var text = new StringBuilder(modules());
    for (int i = 0; i < parameters.size(); i++) {
      String value = "p[" + i + "]";
      List<ScriptedTensor.Place> places = parameters.get(i).places();
      for (ScriptedTensor.Place place : places) {
        if (!isSettable(place)) {
          text.append(put(place, value, train));
          value = "own_t"; // what stands under a number is the leaf under every other name, too
          break;
        }
      }
      for (ScriptedTensor.Place place : places) {
        if (isSettable(place)) {
          text.append(put(place, value, train));
        }
      }
    }
    for (int i = 0; i < buffers.size(); i++) {
      for (ScriptedTensor.Place place : buffers.get(i).places()) {
        text.append(put(place, "b[" + i + "]", false));
      }
    }
    if (train) {
      for (List<String> path : frozenNorms()) {
        text.append("    %s.training = False\n".formatted(variables.get(path)));
      }
    }
    text.append("    h = (own_net).forward(%s, )\n".formatted(String.join(", ", inputs)));
    if (train) {
      for (int i = 0; i < buffers.size(); i++) {
        ScriptedTensor.Place place = buffers.get(i).places().get(0);
        // most are changed in place; what forward puts in a buffer's place is copied into it
        text.append(
            """
                own_t = unchecked_cast(Tensor, %1$s)
                if torch.__is__(b[%2$d], own_t):
                  pass
                else:
                  own_c = torch.copy_(torch.detach(b[%2$d]), torch.detach(own_t))
            """
                .formatted(get(place), i));
      }
    }
    String tell =
        "      ops.prim.RaiseException(torch.format(\"%s\", %s), \"builtins.ValueError\")\n";
    return text.append("    if torch.is_floating_point(h):\n      pass\n    else:\n")
        .append(
            tell.formatted(
                "its forward gives whole numbers or truth values of size {}, and logits are floats",
                "torch.size(h)"))
        .append(
            "    if torch.ne(torch.size(h), [torch.size(y, 0), %d]):\n"
                .formatted(settings.classes()))
        .append(
            tell.formatted(
                "its forward gives a tensor of size {} for {} inputs, and a logit for each of the data set's %d classes is expected"
                    .formatted(settings.classes()),
                "torch.size(h), torch.size(y, 0)"))
        .append("    else:\n      pass\n")
        .append("    h = torch.to(h, 6)\n") // 6: torch.float32
        .toString();
  }

  private List<List<String>> frozenNorms() {
    List<List<String>> frozen = new ArrayList<>();
    for (List<String> path : variables.keySet()) {
      Integer block = blocks.ofModule(path);
      boolean gathers =
          buffers.stream()
              .flatMap(b -> b.places().stream())
              .anyMatch(p -> p.module().equals(path) && p.attribute().equals("running_mean"));
      if (gathers && block != null && settings.frozenStatistics().contains(block)) {
        frozen.add(path);
      }
    }
    return frozen;
  }

  /** Variables for the modules that have tensors of their own. */
  private String modules() {
    var text = new StringBuilder("    own_net = self.net\n");
    variables.forEach(
        (path, variable) -> {
          String module = "own_net";
          for (String name : path) {
            module = "getattr(%s, \"%s\")".formatted(module, name);
          }
          text.append("    %s = %s\n".formatted(variable, module));
        });
    return text.toString();
  }

  private String get(ScriptedTensor.Place place) {
    return "getattr(%s, \"%s\")".formatted(variables.get(place.module()), place.attribute());
  }

  private static boolean isSettable(ScriptedTensor.Place place) {
    return IDENTIFIER.matcher(place.attribute()).matches();
  }

  /** TorchScript has no way to set an attribute whose name is a number: its tensor is changed. */
  private String put(ScriptedTensor.Place place, String value, boolean leaf) {
    if (isSettable(place)) {
      return "    %s.%s = %s\n".formatted(variables.get(place.module()), place.attribute(), value);
    }
    String text =
        "    own_t = unchecked_cast(Tensor, %s)\n".formatted(get(place))
            + "    own_t = torch.requires_grad_(own_t, False)\n    torch.set_data(own_t, torch.detach(%s))\n"
                .formatted(value);
    return leaf
        ? text
            + """
                for own_k in range(torch.len(leaves)):
                  if torch.__is__(leaves[own_k], %s):
                    own_t = torch.requires_grad_(own_t, True)
                    own_l = torch._set_item(leaves, own_k, own_t)
                  else:
                    pass
            """
                .formatted(value)
        : text;
  }

  /** A module is one: what goes from a block to the next is its own affair. */
  @Override
  public List<String> blocks() {
    return List.of(statements(true));
  }

  @Override
  public ProgramHost host() {
    return this;
  }

  @Override
  public PtSymbolBlock compile(NDManager manager, String methods) {
    Path wrapped = null;
    try {
      wrapped = Files.createTempFile(Scratch.folder(), "module", ".pt");
      WrappedArchive.write(wrapped, file, methods + initial() + LAID);
      return JniUtils.loadModule(
          (PtNDManager) manager,
          wrapped,
          manager.getDevice().isGpu(),
          new String[0],
          new String[0],
          true);
    } catch (IOException e) {
      throw TrainingFailure.temporaryIo(
          "%s can't be prepared in %s: %s".formatted(file.path(), Scratch.folder(), e.getMessage()),
          e);
    } catch (RuntimeException e) {
      throw failure(e, false, "libtorch can't compile its code: ");
    } finally {
      remove(wrapped);
    }
  }

  private static void remove(@org.jspecify.annotations.Nullable Path wrapped) {
    try {
      if (wrapped != null) {
        Files.deleteIfExists(wrapped);
      }
    } catch (IOException e) {
      wrapped.toFile().deleteOnExit();
    }
  }

  private String initial() {
    var text =
        new StringBuilder(
            "  def initial(self: __torch__.Program, tensors: List[Tensor]) -> List[Tensor]:\n");
    text.append(modules()).append("    out = annotate(List[Tensor], [])\n");
    for (List<ScriptedTensor> kind : List.of(parameters, buffers)) {
      for (ScriptedTensor tensor : kind) {
        text.append(
            "    out = torch.append(out, torch.detach(unchecked_cast(Tensor, %s)))\n"
                .formatted(get(tensor.places().get(0))));
      }
    }
    return text.append("    return (self).arrange(out)\n").toString();
  }

  /** What convolutions read is channels-last. */
  private static final String LAID =
      """
        def laid(self: __torch__.Program, t: Tensor) -> Tensor:
          if torch.eq(torch.dim(t), 4):
            u = torch.contiguous(t, memory_format=2)
          else:
            u = t
          return u
      """;

  @Override
  public RuntimeException failure(RuntimeException failure, boolean proven) {
    return failure(failure, proven, "");
  }

  private RuntimeException failure(RuntimeException failure, boolean proven, String before) {
    String message = String.valueOf(failure.getMessage());
    if (message.contains(NO_SUCH_ROW)) {
      return told(
          failure,
          TrainingFailure.badData(
              "a whole number of the data set is below 0, or beyond what an embedding of %s has rows for; correct it there, or give the network an embedding with more rows"
                  .formatted(file.path())));
    }
    if (proven
        || failure instanceof TrainingFailure
        || Libtorch.isOutOfMemory(failure)
        || OF_THE_DEVICE.matcher(message).find()) {
      return failure;
    }
    if (message.contains(NO_GRADIENT)) {
      return told(
          failure,
          file.unfit(
              "its logits depend on no parameter, as after detach() or under torch.no_grad(): nothing can be trained"));
    }
    return told(failure, file.unfit(before + inOneLine(message)));
  }

  /** Without the statements around it and the classes' addresses. */
  private static String inOneLine(String message) {
    String why = message.strip().lines().findFirst().orElse(message);
    for (String line : message.lines().toList()) {
      if (line.matches("\\s*[\\w.]*(Error|Exception): .*")) {
        why = line.strip();
      }
    }
    why = why.replaceFirst("^[\\w.]*(Error|Exception): ", "").strip().replaceFirst(":$", "");
    return ADDRESS.matcher(why).replaceAll("");
  }

  private static TrainingFailure told(RuntimeException failure, TrainingFailure told) {
    told.addSuppressed(failure);
    return told;
  }
}
