package training.fusion.trainer.weights;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.safetensors.ElementType;

/**
 * The memory that tensors of a file are views of.
 *
 * @param key its name in the file
 * @param elements how many elements it has
 */
record PickledStorage(String key, Type type, long elements) {

  /**
   * A class of storages.
   *
   * @param name as in Python
   * @param bytes of one element; 0 if it is not known
   * @param elementType null: of a type that no weights here have, such as complex numbers
   */
  record Type(String name, int bytes, @Nullable ElementType elementType) {
    private static Type of(String name, ElementType type) {
      return new Type(name, type.bytes(), type);
    }
  }

  private static final Map<String, Type> TYPES =
      Map.ofEntries(
          entry(Type.of("DoubleStorage", ElementType.F64)),
          entry(Type.of("FloatStorage", ElementType.F32)),
          entry(Type.of("HalfStorage", ElementType.F16)),
          entry(Type.of("BFloat16Storage", ElementType.BF16)),
          entry(Type.of("LongStorage", ElementType.I64)),
          entry(Type.of("IntStorage", ElementType.I32)),
          entry(Type.of("ShortStorage", ElementType.I16)),
          entry(Type.of("CharStorage", ElementType.I8)),
          entry(Type.of("ByteStorage", ElementType.U8)),
          entry(Type.of("BoolStorage", ElementType.BOOL)),
          entry(new Type("UntypedStorage", 1, null)),
          entry(new Type("ComplexFloatStorage", 8, null)),
          entry(new Type("ComplexDoubleStorage", 16, null)),
          entry(new Type("QInt8Storage", 1, null)),
          entry(new Type("QUInt8Storage", 1, null)),
          entry(new Type("QInt32Storage", 4, null)),
          entry(new Type("QUInt4x2Storage", 1, null)),
          entry(new Type("QUInt2x4Storage", 1, null)));

  private static Map.Entry<String, Type> entry(Type type) {
    return Map.entry(type.name(), type);
  }

  /** The class of storages of this name. */
  static Type type(String name) {
    return TYPES.getOrDefault(name, new Type(name, 0, null));
  }
}
