package training.fusion.trainer.weights;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import training.fusion.trainer.safetensors.ElementType;

/**
 * What a pickle of weights may name: the constructors of tensors and of ordered dictionaries. They
 * are rebuilt here, nothing of Python is run.
 */
final class PickledTensors {
  private static final Global ORDERED_DICT = new Global("collections", "OrderedDict");
  private static final Global TENSOR = new Global("torch._utils", "_rebuild_tensor_v2");
  private static final Global PARAMETER = new Global("torch._utils", "_rebuild_parameter");

  private static final Map<String, ElementType> STORAGES =
      Map.of(
          "DoubleStorage", ElementType.F64,
          "FloatStorage", ElementType.F32,
          "HalfStorage", ElementType.F16,
          "BFloat16Storage", ElementType.BF16,
          "LongStorage", ElementType.I64,
          "IntStorage", ElementType.I32,
          "ShortStorage", ElementType.I16,
          "CharStorage", ElementType.I8,
          "ByteStorage", ElementType.U8,
          "BoolStorage", ElementType.BOOL);

  private PickledTensors() {}

  private record Global(String module, String name) {
    boolean isStorage() {
      return module.equals("torch") && STORAGES.containsKey(name);
    }
  }

  private record Storage(String key, ElementType type, long elements) {}

  /**
   * A function or class by its name.
   *
   * @throws UnreadableWeights if weights do not need it
   */
  static Object global(String module, String name) throws UnreadableWeights {
    var global = new Global(module, name);
    if (!List.of(ORDERED_DICT, TENSOR, PARAMETER).contains(global) && !global.isStorage()) {
      throw new UnreadableWeights(
          "it holds more than tensors: it names %s.%s, which was not run; save the weights alone, with torch.save(model.state_dict(), file)"
              .formatted(module, name));
    }
    return global;
  }

  /** The storage that a persistent id stands for: (storage, class, key, device, elements). */
  static Object storage(Object id) {
    List<?> parts = (List<?>) id;
    var global = (Global) parts.get(1);
    if (!"storage".equals(parts.get(0)) || !global.isStorage()) {
      throw new IllegalArgumentException("no storage");
    }
    if (parts.size() > 5 && parts.get(5) != Pickle.NONE) {
      throw new IllegalArgumentException("a storage within another");
    }
    ElementType type = Objects.requireNonNull(STORAGES.get(global.name()));
    return new Storage((String) parts.get(2), type, (Long) parts.get(4));
  }

  /** What a call comes to. */
  static Object call(Object function, List<?> arguments) throws UnreadableWeights {
    if (function.equals(ORDERED_DICT) && arguments.isEmpty()) {
      return new LinkedHashMap<>();
    }
    if (function.equals(TENSOR)) { // storage, offset, size, stride, requires_grad, hooks
      var storage = (Storage) arguments.get(0);
      return TensorView.checked(
          storage.key(),
          storage.type(),
          storage.elements(),
          (Long) arguments.get(1),
          numbers(arguments.get(2)),
          numbers(arguments.get(3)));
    }
    if (function.equals(PARAMETER)) { // tensor, requires_grad, hooks
      return (TensorView) arguments.get(0);
    }
    throw new IllegalArgumentException("a call of what is no function");
  }

  private static List<Long> numbers(Object tuple) {
    return ((List<?>) tuple).stream().map(Long.class::cast).toList();
  }
}
