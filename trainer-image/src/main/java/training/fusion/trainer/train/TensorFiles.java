package training.fusion.trainer.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.SafetensorsFile;
import training.fusion.trainer.safetensors.TensorHeader;
import training.fusion.trainer.safetensors.TensorSource;

/** Between arrays on a device and tensors in files; whatever their memory format, row-major. */
final class TensorFiles {
  private TensorFiles() {}

  /** The arrays as they will be when they are written. */
  static List<TensorSource> sources(Map<String, NDArray> arrays) {
    return arrays.entrySet().stream()
        .map(entry -> source(entry.getKey(), entry.getValue()))
        .toList();
  }

  private static TensorSource source(String name, NDArray array) {
    List<Long> shape = Arrays.stream(array.getShape().getShape()).boxed().toList();
    var header = new TensorHeader(name, elementType(array.getDataType()), shape);
    return new TensorSource(header, array::toByteBuffer);
  }

  /** Reads all of a file's tensors, mapped rather than copied, and gives them to {@code use}. */
  static void read(SafetensorsFile file, NDManager manager, Consumer<Map<String, NDArray>> use)
      throws IOException {
    try (NDManager scope = manager.newSubManager()) {
      Map<String, NDArray> arrays = new LinkedHashMap<>();
      for (TensorHeader tensor : file.tensors()) {
        var shape = new Shape(tensor.shape().stream().mapToLong(Long::longValue).toArray());
        arrays.put(
            tensor.name(),
            scope.create(file.values(tensor.name()), shape, dataType(tensor.type())));
      }
      use.accept(arrays);
    }
  }

  private static ElementType elementType(DataType type) {
    return switch (type) {
      case FLOAT32 -> ElementType.F32;
      case FLOAT64 -> ElementType.F64;
      case FLOAT16 -> ElementType.F16;
      case INT64 -> ElementType.I64;
      case INT32 -> ElementType.I32;
      case INT8 -> ElementType.I8;
      case UINT8 -> ElementType.U8;
      case BOOLEAN -> ElementType.BOOL;
      default -> throw new IllegalArgumentException(type + " is not written");
    };
  }

  static DataType dataType(ElementType type) {
    return switch (type) {
      case F32 -> DataType.FLOAT32;
      case F64 -> DataType.FLOAT64;
      case F16 -> DataType.FLOAT16;
      case I64 -> DataType.INT64;
      case I32 -> DataType.INT32;
      case I8 -> DataType.INT8;
      case U8 -> DataType.UINT8;
      case BOOL -> DataType.BOOLEAN;
      default -> throw new IllegalArgumentException(type + " is not read");
    };
  }
}
