package training.fusion.trainer.tensor;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import training.fusion.trainer.safetensors.ElementType;
import training.fusion.trainer.safetensors.TensorHeader;

/**
 * What stands before the values of a {@code .npy} file, versions 1 to 3 (NEP 1): a magic string,
 * the version, a length, and a literal of Python's with the keys descr, fortran_order and shape.
 *
 * @param end offset of the first value, from the header's first byte
 */
record NpyHeader(TensorHeader array, long end) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int LONGEST = 1 << 20;

  private static final Map<String, ElementType> TYPES =
      Map.ofEntries(
          Map.entry("f8", ElementType.F64),
          Map.entry("f4", ElementType.F32),
          Map.entry("f2", ElementType.F16),
          Map.entry("i8", ElementType.I64),
          Map.entry("i4", ElementType.I32),
          Map.entry("i2", ElementType.I16),
          Map.entry("i1", ElementType.I8),
          Map.entry("u1", ElementType.U8),
          Map.entry("b1", ElementType.BOOL));

  private static final Pattern DESCR =
      Pattern.compile("['\"]descr['\"]\\s*:\\s*['\"]([^'\"]*)['\"]");
  private static final Pattern ORDER =
      Pattern.compile("['\"]fortran_order['\"]\\s*:\\s*(True|False)");
  private static final Pattern SHAPE =
      Pattern.compile("['\"]shape['\"]\\s*:\\s*\\(([0-9L,\\s]*)\\)");

  /**
   * Reads it.
   *
   * @param begin where in the file it is
   * @param length of the array with its header
   * @param name of the array
   * @throws IOException saying what is wrong with it, and what would be right
   */
  static NpyHeader read(RandomAccessFile file, long begin, long length, String name)
      throws IOException {
    byte[] start = bytes(file, begin, 0, 10, length);
    for (int i = 0; i < MAGIC.length; i++) {
      if (start[i] != MAGIC[i]) {
        throw new IOException("it does not begin as NumPy's files do; write it by np.save");
      }
    }
    int version = start[6];
    if (version < 1 || version > 3) {
      throw new IOException(
          "it is of version %d of NumPy's format; 1, 2 and 3 are read".formatted(version));
    }
    int from = version == 1 ? 10 : 12;
    byte[] sized = bytes(file, begin, 8, from - 8, length);
    long size = 0;
    for (int i = sized.length - 1; i >= 0; i--) {
      size = size << 8 | Byte.toUnsignedLong(sized[i]);
    }
    if (size > LONGEST) {
      throw new IOException("its header would be %d bytes long; it is damaged".formatted(size));
    }
    String text =
        new String(
            bytes(file, begin, from, (int) size, length),
            version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
    TensorHeader array = parsed(text, name);
    long end = from + size;
    if (array.bytes() != length - end) {
      throw new IOException(
          "its header speaks of %d bytes of values, and it has %d; it is cut or damaged"
              .formatted(array.bytes(), length - end));
    }
    return new NpyHeader(array, end);
  }

  private static byte[] bytes(RandomAccessFile file, long begin, long at, int count, long length)
      throws IOException {
    if (at + count > length) {
      throw new IOException("it ends within its header");
    }
    byte[] bytes = new byte[count];
    file.seek(begin + at);
    file.readFully(bytes);
    return bytes;
  }

  private static TensorHeader parsed(String text, String name) throws IOException {
    Matcher order = ORDER.matcher(text);
    Matcher shape = SHAPE.matcher(text);
    if (!order.find() || !shape.find()) {
      throw new IOException("its header is no description of an array; it is damaged");
    }
    ElementType type = type(text);
    List<Long> sizes = new ArrayList<>();
    try {
      for (String size : shape.group(1).split(",", -1)) {
        if (!size.isBlank()) {
          sizes.add(Long.parseLong(size.replace("L", "").strip()));
        }
      }
      var header = new TensorHeader(name, type, sizes);
      long bytes = header.bytes();
      if (order.group(1).equals("True") && sizes.size() > 1 && bytes > 0) {
        throw new IOException(
            "its values lie column by column (fortran_order); save np.ascontiguousarray(%s)"
                .formatted(name));
      }
      return header;
    } catch (NumberFormatException | ArithmeticException e) {
      throw new IOException("its shape (%s) is larger than any file".formatted(shape.group(1)), e);
    }
  }

  private static ElementType type(String text) throws IOException {
    Matcher descr = DESCR.matcher(text);
    if (!descr.find() || descr.group(1).length() < 2) {
      throw new IOException("it has records with fields; save each field as an array of its own");
    }
    String said = descr.group(1);
    String kind = said.substring(1);
    ElementType type = TYPES.get(kind);
    if (type != null && said.charAt(0) == '>' && type.bytes() > 1) {
      throw new IOException(
          "its values are big-endian (%s); save array.astype('<%s')".formatted(said, kind));
    }
    if (type != null) {
      return type;
    }
    throw new IOException(
        switch (said.charAt(1)) {
          case 'O' -> "it holds Python objects (%s); save an array of numbers".formatted(said);
          case 'U', 'S' ->
              "it holds text (%s); save numbers, such as np.unique(array, return_inverse=True)[1]"
                  .formatted(said);
          case 'V' ->
              "it holds values that NumPy has no name for (%s); bfloat16 can be saved as safetensors"
                  .formatted(said);
          default ->
              "it holds values of type %s; f8, f4, f2, i8, i4, i2, i1, u1 and b1 are read: save array.astype(…)"
                  .formatted(said);
        });
  }
}
