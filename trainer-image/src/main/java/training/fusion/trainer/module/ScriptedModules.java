package training.fusion.trainer.module;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.weights.Pickle;
import training.fusion.trainer.weights.PickledObject;
import training.fusion.trainer.weights.TensorView;
import training.fusion.trainer.weights.UnreadableWeights;

/** The modules of a TorchScript file: what is in which, by their names. */
final class ScriptedModules {
  /** Deeper than modules are nested, and more than a network has. */
  private static final int DEEPEST = 64;

  private static final int MOST = 20_000;

  private final Map<String, ScriptedClass> classes;
  private final IdentityHashMap<TensorView, ScriptedTensor> parameters = new IdentityHashMap<>();
  private final IdentityHashMap<TensorView, ScriptedTensor> buffers = new IdentityHashMap<>();
  private final List<ScriptedTensor> orderedParameters = new ArrayList<>();
  private final List<ScriptedTensor> orderedBuffers = new ArrayList<>();
  private final Map<List<String>, ScriptedClass> modules = new LinkedHashMap<>();
  private final Set<PickledObject> seen = Collections.newSetFromMap(new IdentityHashMap<>());

  private ScriptedModules(Map<String, ScriptedClass> classes) {
    this.classes = classes;
  }

  static ScriptedModules of(PickledObject root, Map<String, ScriptedClass> classes)
      throws UnreadableWeights {
    var modules = new ScriptedModules(classes);
    modules.walk(root, List.of());
    modules.check();
    return modules;
  }

  private void walk(PickledObject module, List<String> path) throws UnreadableWeights {
    ScriptedClass type = classes.get(module.name());
    if (type == null || !seen.add(module)) {
      return; // a tuple with a name; or a module under a second name, whose tensors are told
    }
    if (path.size() > DEEPEST || seen.size() > MOST) {
      throw new UnreadableWeights("its modules are nested without end");
    }
    modules.put(path, type);
    for (String name : type.parameters()) {
      add(module.attributes().get(name), path, name, parameters, orderedParameters);
    }
    for (String name : type.buffers()) {
      add(module.attributes().get(name), path, name, buffers, orderedBuffers);
    }
    for (var attribute : module.attributes().entrySet()) {
      if (attribute.getValue() instanceof PickledObject child
          && attribute.getKey() instanceof String name) {
        if (child.name().startsWith("__torch__.torch.classes.")) {
          throw new UnreadableWeights(
              "%s is a %s, as quantized modules have them, and can't be trained; save the module as it was before"
                  .formatted(
                      dotted(path, name),
                      child.name().substring("__torch__.torch.classes.".length())));
        }
        List<String> inner = new ArrayList<>(path);
        inner.add(name);
        walk(child, List.copyOf(inner));
      }
    }
  }

  private void add(
      @Nullable Object value,
      List<String> path,
      String name,
      IdentityHashMap<TensorView, ScriptedTensor> known,
      List<ScriptedTensor> ordered)
      throws UnreadableWeights {
    if (value == null || value == Pickle.NONE) {
      return;
    }
    if (!(value instanceof TensorView view)) {
      throw new UnreadableWeights(
          "%s is no plain tensor (%s); parameters and buffers are to be dense, and not quantized or complex"
              .formatted(
                  dotted(path, name),
                  value instanceof PickledObject made ? made.name() : "something else"));
    }
    ScriptedTensor tensor = known.get(view);
    if (tensor == null) {
      tensor = new ScriptedTensor(view);
      known.put(view, tensor);
      ordered.add(tensor);
    }
    tensor.places().add(new ScriptedTensor.Place(path, name));
  }

  private void check() throws UnreadableWeights {
    if (orderedParameters.isEmpty()) {
      throw new UnreadableWeights(
          orderedBuffers.isEmpty()
              ? "it has no parameters, as after torch.jit.freeze: nothing can be trained; save the module as it was before"
              : "it has buffers and no parameters: nothing can be trained");
    }
    Map<String, String> owners = new LinkedHashMap<>();
    for (ScriptedTensor parameter : orderedParameters) {
      TensorView view = parameter.view();
      if (view.type() != ElementType.F32) {
        throw new UnreadableWeights(
            "its parameter %s is %s, and float32 is trained; save the module after net.float()"
                .formatted(parameter.name(), view.type()));
      }
      for (int d = 0; d < view.shape().size(); d++) {
        if (view.strides().get(d) == 0 && view.shape().get(d) > 1) {
          throw new UnreadableWeights(
              "its parameter %s has one number for several elements (expand); make it contiguous before it is saved"
                  .formatted(parameter.name()));
        }
      }
      String other = owners.putIfAbsent(view.storage(), parameter.name());
      if (other != null) {
        throw new UnreadableWeights(
            "its parameters %s and %s are views of the same memory; clone one of them before it is saved"
                .formatted(other, parameter.name()));
      }
    }
    for (ScriptedTensor buffer : orderedBuffers) {
      ElementType type = buffer.view().type();
      if (type == ElementType.BF16 || type == ElementType.I16) {
        throw new UnreadableWeights(
            "its buffer %s is %s, which checkpoints do not keep; make it float32 or int64"
                .formatted(buffer.name(), type));
      }
    }
  }

  private static String dotted(List<String> path, String name) {
    return new ScriptedTensor.Place(path, name).name();
  }

  /** Once each, in the order of {@code named_parameters()}. */
  List<ScriptedTensor> parameters() {
    return Collections.unmodifiableList(orderedParameters);
  }

  /** Once each, in the order of {@code named_buffers()}. */
  List<ScriptedTensor> buffers() {
    return Collections.unmodifiableList(orderedBuffers);
  }

  List<ScriptedTensor> all() {
    return Stream.concat(orderedParameters.stream(), orderedBuffers.stream()).toList();
  }

  /** The classes of all modules by their paths, outer ones first. */
  Map<List<String>, ScriptedClass> modules() {
    return Collections.unmodifiableMap(modules);
  }
}
