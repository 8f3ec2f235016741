package training.fusion.trainer.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the functions come to that a pickle of weights names: those that make tensors and
 * dictionaries are done here, every other one leaves a {@link PickledObject}. Nothing of Python is
 * run.
 */
final class PickledTensors {
  private static final String TENSOR = "torch._utils._rebuild_tensor_v2";
  private static final String OLDER_TENSOR = "torch._utils._rebuild_tensor";
  private static final Set<String> PARAMETERS =
      Set.of("torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state");

  /** Of tensors with attributes, or of a subclass: (function, type, its arguments, attributes). */
  private static final Set<String> SUBCLASSES =
      Set.of(
          "torch._tensor._rebuild_from_type_v2",
          "torch._tensor._rebuild_from_type",
          "torch.tensor._rebuild_from_type");

  private static final Set<String> DICTIONARIES =
      Set.of(
          "collections.OrderedDict",
          "collections.defaultdict",
          "collections.Counter",
          "builtins.dict",
          "__builtin__.dict");

  /** Before protocol 2 an object is made by (its class, a base, that base's state). */
  private static final Set<String> RECONSTRUCTORS =
      Set.of("copyreg._reconstructor", "copy_reg._reconstructor");

  private PickledTensors() {}

  /**
   * A function or class by its name.
   *
   * @param name with its module
   */
  record Global(String name) {}

  /**
   * What a persistent id stands for: a storage (storage, class, key, device, elements), or a class
   * beside its source (module, class, file, source).
   */
  static Object persistent(Object id) {
    List<?> parts = (List<?>) id;
    if ("module".equals(parts.get(0))) {
      return parts.get(1);
    }
    if (!"storage".equals(parts.get(0)) || (parts.size() > 5 && parts.get(5) != Pickle.NONE)) {
      throw new IllegalArgumentException("no storage of its own");
    }
    String type = ((Global) parts.get(1)).name();
    long elements = (Long) parts.get(4);
    if (elements < 0 || elements > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("no file has so many elements");
    }
    return new PickledStorage(
        (String) parts.get(2),
        PickledStorage.type(type.substring(type.lastIndexOf('.') + 1)),
        elements);
  }

  /** What a call comes to, or the making of an object of a class. */
  static Object call(Object function, List<?> arguments) throws UnreadableWeights {
    if (!(function instanceof Global global)) {
      return new PickledObject("a call of what another call gave");
    }
    if (SUBCLASSES.contains(global.name())
        && arguments.size() >= 3
        && arguments.get(0) instanceof Global inner
        && !SUBCLASSES.contains(inner.name())
        && arguments.get(2) instanceof List<?> innerArguments) {
      return call(inner, innerArguments);
    }
    if (PARAMETERS.contains(global.name()) && !arguments.isEmpty()) {
      return arguments.get(0);
    }
    if (global.name().equals(TENSOR) || global.name().equals(OLDER_TENSOR)) {
      TensorView tensor = tensor(arguments);
      return tensor == null ? new PickledObject("a tensor of another type") : tensor;
    }
    if (DICTIONARIES.contains(global.name())) {
      return dictionary(arguments);
    }
    if (RECONSTRUCTORS.contains(global.name())
        && !arguments.isEmpty()
        && arguments.get(0) instanceof Global made) {
      return new PickledObject(made.name());
    }
    return new PickledObject(global.name());
  }

  /**
   * Of (storage, offset, size, stride, requires_grad, …); null if its elements are none that
   * weights have.
   */
  private static @Nullable TensorView tensor(List<?> arguments) throws UnreadableWeights {
    if (!(arguments.get(0) instanceof PickledStorage storage)
        || storage.type().elementType() == null) {
      return null;
    }
    return TensorView.checked(
        storage.key(),
        storage.type().elementType(),
        storage.elements(),
        (Long) arguments.get(1),
        numbers(arguments.get(2)),
        numbers(arguments.get(3)),
        arguments.size() > 4 && Boolean.TRUE.equals(arguments.get(4)));
  }

  private static List<Long> numbers(Object tuple) {
    return ((List<?>) tuple).stream().map(Long.class::cast).toList();
  }

  /** Empty, or as Python 2 makes it: of a list of pairs. */
  private static Map<Object, Object> dictionary(List<?> arguments) {
    var dictionary = new LinkedHashMap<Object, Object>();
    if (arguments.size() == 1 && arguments.get(0) instanceof List<?> pairs) {
      for (Object pair : pairs) {
        dictionary.put(Pickle.key(((List<?>) pair).get(0)), ((List<?>) pair).get(1));
      }
    } else if (arguments.size() == 1 && arguments.get(0) instanceof Map<?, ?> other) {
      dictionary.putAll(other);
    }
    return dictionary;
  }
}
