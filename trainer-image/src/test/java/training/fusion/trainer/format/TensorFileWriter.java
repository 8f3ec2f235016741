package training.fusion.trainer.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.SafetensorsWriter;
import training.fusion.trainer.safetensors.TensorHeader;
import training.fusion.trainer.safetensors.TensorSource;

/** Safetensors and .npy files for tests. */
public final class TensorFileWriter {
  private TensorFileWriter() {}

  /** Writes a file, and the folder that it is in. */
  public static Path write(Path file, TensorSource... tensors) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.deleteIfExists(file);
      SafetensorsWriter.write(file, new TreeMap<>(), List.of(tensors));
      return file;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Float32 values of a shape. */
  public static TensorSource floats(String name, List<Long> shape, float... values) {
    ByteBuffer bytes = buffer(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return source(name, ElementType.F32, shape, bytes);
  }

  /** Rows of one value each: 0, 1, 2 and so on. */
  public static TensorSource rows(String name, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return floats(name, List.of((long) count, 1L), values);
  }

  /** Int64 numbers, a row each. */
  public static TensorSource longs(String name, long... values) {
    return longs(name, List.of((long) values.length), values);
  }

  /** Int64 numbers of a shape. */
  public static TensorSource longs(String name, List<Long> shape, long... values) {
    ByteBuffer bytes = buffer(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return source(name, ElementType.I64, shape, bytes);
  }

  /** Labels 0, 1, …, classes − 1, 0, 1 and so on. */
  public static TensorSource labels(int count, int classes) {
    long[] values = new long[count];
    Arrays.setAll(values, i -> i % classes);
    return longs(TensorFolder.LABEL, values);
  }

  /** Any values. */
  public static TensorSource bytes(
      String name, ElementType type, List<Long> shape, byte... values) {
    return source(name, type, shape, buffer(values.length).put(values).flip());
  }

  /** Writes a .npy file of float32. */
  public static Path npy(Path file, List<Long> shape, float... values) {
    String sizes = shape.stream().map(size -> size + ",").collect(Collectors.joining());
    String header = "{'descr': '<f4', 'fortran_order': False, 'shape': (%s), }".formatted(sizes);
    int length = (header.length() + 10) / 64 * 64 + 54; // ends at a multiple of 64
    byte[] content = new byte[10 + length + values.length * Float.BYTES];
    ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
    bytes.put((byte) 0x93).put("NUMPY".getBytes(StandardCharsets.US_ASCII));
    bytes.put((byte) 1).put((byte) 0).putShort((short) length);
    bytes.put(
        (header + " ".repeat(length - header.length() - 1) + "\n")
            .getBytes(StandardCharsets.US_ASCII));
    bytes.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(values);
    try {
      return Files.write(file, content);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static TensorSource source(
      String name, ElementType type, List<Long> shape, ByteBuffer bytes) {
    return new TensorSource(new TensorHeader(name, type, shape), bytes::duplicate);
  }
}
