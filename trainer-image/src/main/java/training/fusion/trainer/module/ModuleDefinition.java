package training.fusion.trainer.module;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.architecture.ArchitectureProgram;
import training.fusion.trainer.model.architecture.ProgramSettings;

/** Somebody's own network in the place of a table: its file, its blocks, and what it is fed. */
public final class ModuleDefinition implements OwnDefinition {
  private static final String TENSOR = "Tensor";

  private final ModuleFile file;
  private final ModuleBlocks blocks;
  private final List<String> inputs;
  private final List<String> tensors;

  private ModuleDefinition(
      ModuleFile file, ModuleBlocks blocks, List<String> inputs, List<String> tensors) {
    this.file = file;
    this.blocks = blocks;
    this.inputs = inputs;
    this.tensors = tensors;
  }

  /**
   * The network.
   *
   * @param asked model.module.blocks; null: as proposed
   * @param inputs model.module.input; null: pictures, or the tensors by the names of forward's
   *     arguments
   * @param tensors names of the data set's tensors, in the order in which they are given; null:
   *     pictures
   * @throws training.fusion.trainer.TrainingFailure if the file's forward does not take them, or
   *     the blocks do not divide its parameters
   */
  public static NetworkKind kind(
      ModuleFile file,
      @Nullable List<List<String>> asked,
      @Nullable List<String> inputs,
      @Nullable List<String> tensors) {
    List<String> arguments = arguments(file, inputs, tensors);
    var definition =
        new ModuleDefinition(
            file, ModuleBlocks.of(file, asked), arguments, named(file, inputs, tensors));
    int head = definition.blocks.head();
    boolean norms =
        file.modules().buffers().stream().anyMatch(b -> b.name().endsWith("running_mean"));
    return new NetworkKind(file.label(), null, definition, head, head - 1, norms ? 2 : 1);
  }

  /** The same, to be evaluated: its blocks are of no meaning. */
  public static NetworkKind evaluated(
      ModuleFile file, @Nullable List<String> inputs, @Nullable List<String> tensors) {
    var definition =
        new ModuleDefinition(
            file,
            ModuleBlocks.whole(file),
            arguments(file, inputs, tensors),
            named(file, inputs, tensors));
    return new NetworkKind(file.label(), null, definition, 0, 0, 1);
  }

  /** What forward is called with, in TorchScript. */
  private static List<String> arguments(
      ModuleFile file, @Nullable List<String> inputs, @Nullable List<String> tensors) {
    ScriptedClass.Forward forward = file.rootClass().forward();
    if (forward == null) {
      throw file.unfit("its class %s has no method forward".formatted(file.label()));
    }
    if (!forward.returns().equals(TENSOR)) {
      throw file.unfit(
          "its forward returns %s, and a tensor of logits [images, classes] is expected; save a module around it whose forward returns the logits alone"
              .formatted(forward.returns()));
    }
    Map<String, String> required = forward.required();
    for (Map.Entry<String, String> argument : required.entrySet()) {
      if (!argument.getValue().equals(TENSOR)) {
        throw file.unfit(
            "its forward's argument %s is of type %s, and tensors are given; save a module around it whose forward takes tensors alone"
                .formatted(argument.getKey(), argument.getValue()));
      }
    }
    if (tensors == null) {
      if (required.size() != 1) {
        throw file.unfit(
            "its forward needs %d arguments %s, and pictures are one; save a module around it whose forward takes one, or give tensors with dataset.format: Tensors"
                .formatted(required.size(), required.keySet()));
      }
      return List.of("h");
    }
    List<String> names = named(file, inputs, tensors);
    if (names.size() < required.size()
        || names.size() > required.size() + forward.optional().size()) {
      throw file.unfit(
          "its forward needs %d arguments %s, and %s.input names %d: %s"
              .formatted(
                  required.size(), required.keySet(), ModuleFile.FIELD, names.size(), names));
    }
    List<String> given = new ArrayList<>();
    for (String name : names) {
      int place = tensors.indexOf(name);
      if (place < 0) {
        throw file.unfit(
            "its forward is to be given %s, and the data set has %s; name those in %s.input, in the order of forward's arguments"
                .formatted(name, tensors, ModuleFile.FIELD));
      }
      given.add("(self).laid(x[%d])".formatted(place));
    }
    if (names.size() < tensors.size()) {
      throw file.unfit(
          "the data set's tensors are %s, and %s.input names %s of them; name all, or leave the others out of the data set"
              .formatted(tensors, ModuleFile.FIELD, names));
    }
    return given;
  }

  /** The tensors in the order of forward's arguments; none where it is given pictures. */
  private static List<String> named(
      ModuleFile file, @Nullable List<String> inputs, @Nullable List<String> tensors) {
    ScriptedClass.Forward forward = file.rootClass().forward();
    if (tensors == null || forward == null) {
      return List.of();
    }
    return inputs != null ? inputs : byName(file, forward.required(), tensors);
  }

  /** Names of the arguments that its forward needs. */
  public static List<String> arguments(ModuleFile file) {
    ScriptedClass.Forward forward = file.rootClass().forward();
    return forward == null ? List.of() : List.copyOf(forward.required().keySet());
  }

  /** One tensor is the one argument, whatever their names. */
  private static List<String> byName(
      ModuleFile file, Map<String, String> required, List<String> tensors) {
    if (required.size() == 1 && tensors.size() == 1) {
      return tensors;
    }
    List<String> names = List.copyOf(required.keySet());
    if (!tensors.containsAll(names)) {
      throw file.unfit(
          "its forward's arguments are %s, and the data set's tensors %s; say with %s.input which tensor each argument is"
              .formatted(names, tensors, ModuleFile.FIELD));
    }
    return names;
  }

  /** The file that it is. */
  public ModuleFile file() {
    return file;
  }

  /** The tensors in the order of forward's arguments; none where it is given pictures. */
  public List<String> tensors() {
    return tensors;
  }

  /** Its blocks. */
  public ModuleBlocks blocks() {
    return blocks;
  }

  @Override
  public ArchitectureProgram program(ProgramSettings settings) {
    if (settings.precision() == Precision.BF16) {
      throw new IllegalArgumentException(
          "training.precision: BF16 is written out in the networks of model.architecture, and a module is somebody's own statements; choose FP32, or TF32 on a GPU");
    }
    return new ModuleProgram(file, blocks, inputs, settings);
  }

  @Override
  public String describe(int block) {
    return String.join(", ", blocks.prefixes().get(block));
  }
}
