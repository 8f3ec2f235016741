package training.fusion.trainer.picture;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;

/** The fields of a TIFF's first picture (TIFF 6.0, section 2), by their tags. */
final class TiffDirectory {
  static final int WIDTH = 256;
  static final int LENGTH = 257;
  static final int BITS_PER_SAMPLE = 258;
  static final int COMPRESSION = 259;
  static final int PHOTOMETRIC = 262;
  static final int FILL_ORDER = 266;
  static final int STRIP_OFFSETS = 273;
  static final int ORIENTATION = 274;
  static final int SAMPLES_PER_PIXEL = 277;
  static final int ROWS_PER_STRIP = 278;
  static final int STRIP_BYTE_COUNTS = 279;
  static final int PLANAR_CONFIGURATION = 284;
  static final int PREDICTOR = 317;
  static final int COLOR_MAP = 320;
  static final int TILE_WIDTH = 322;
  static final int TILE_LENGTH = 323;
  static final int TILE_OFFSETS = 324;
  static final int TILE_BYTE_COUNTS = 325;
  static final int EXTRA_SAMPLES = 338;
  static final int SAMPLE_FORMAT = 339;
  static final int JPEG_TABLES = 347;
  static final int T4_OPTIONS = 292;
  static final int T6_OPTIONS = 293;

  private static final int FIELD = 12;
  private static final int BYTE = 1;
  private static final int SHORT = 3;
  private static final int LONG = 4;

  /** Fields with lengths of their own types, which no decoder here needs, are not looked at. */
  private static final Map<Integer, Integer> BYTES_OF = Map.of(BYTE, 1, SHORT, 2, LONG, 4);

  /** Data up to this length stand in the field itself. */
  static final int INLINE = 4;

  /** Numbers that the JDK's decoder takes as 32 bits only. */
  private static final Set<Integer> WIDE =
      Set.of(
          ROWS_PER_STRIP,
          STRIP_OFFSETS,
          STRIP_BYTE_COUNTS,
          TILE_OFFSETS,
          TILE_BYTE_COUNTS,
          T4_OPTIONS,
          T6_OPTIONS);

  private final ByteBuffer file;

  /** Where each tag's field is in the file. */
  private final Map<Integer, Integer> fields = new HashMap<>();

  private TiffDirectory(ByteBuffer file) {
    this.file = file;
  }

  /**
   * Reads it.
   *
   * @throws DamagedPicture if the file ends before it does
   */
  static TiffDirectory of(byte[] content) throws DamagedPicture {
    var order = content[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
    var directory = new TiffDirectory(ByteBuffer.wrap(content).order(order));
    try {
      ByteBuffer file = directory.file;
      int at = file.getInt(4);
      int count = file.getChar(at);
      for (int i = 0; i < count; i++) {
        int field = at + 2 + FIELD * i;
        file.getLong(field + FIELD - Long.BYTES); // all of it is there
        directory.fields.putIfAbsent((int) file.getChar(field), field);
      }
      return directory;
    } catch (IndexOutOfBoundsException | BufferUnderflowException e) {
      throw new DamagedPicture("it ends before its directory does", e);
    }
  }

  /** A field's bytes; none where there is no such field. */
  byte[] bytes(int tag) throws DamagedPicture {
    Integer field = fields.get(tag);
    if (field == null) {
      return new byte[0];
    }
    long count = Integer.toUnsignedLong(file.getInt(field + 4));
    long at = count <= INLINE ? field + 8 : Integer.toUnsignedLong(file.getInt(field + 8));
    if (at + count > file.limit()) {
      throw new DamagedPicture("it ends within its field %d".formatted(tag));
    }
    byte[] bytes = new byte[(int) count];
    file.get((int) at, bytes);
    return bytes;
  }

  /** How many bytes a directory's field has, wherever they lie; 0 if it is no number. */
  static long bytes(ByteBuffer directory, int field) {
    long count = Integer.toUnsignedLong(directory.getInt(field + 4));
    return count * BYTES_OF.getOrDefault((int) directory.getChar(field + 2), 0);
  }

  /** Whether numbers of several bytes begin with the highest. */
  boolean bigEndian() {
    return file.order() == ByteOrder.BIG_ENDIAN;
  }

  boolean has(int tag) {
    return fields.containsKey(tag);
  }

  /** A field's first number, or another where there is no such field. */
  int number(int tag, int otherwise) throws DamagedPicture {
    int[] numbers = numbers(tag);
    return numbers.length == 0 ? otherwise : numbers[0];
  }

  /** A field's numbers; none where there is no such field. */
  int[] numbers(int tag) throws DamagedPicture {
    Integer field = fields.get(tag);
    if (field == null) {
      return new int[0];
    }
    int type = file.getChar(field + 2);
    long count = Integer.toUnsignedLong(file.getInt(field + 4));
    Integer bytes = BYTES_OF.get(type);
    if (bytes == null) {
      throw new DamagedPicture(
          "its field %d is of type %d, which is no number".formatted(tag, type));
    }
    long at = count * bytes <= INLINE ? field + 8 : Integer.toUnsignedLong(file.getInt(field + 8));
    if (at + count * bytes > file.limit()) {
      throw new DamagedPicture("it ends within its field %d".formatted(tag));
    }
    int[] numbers = new int[(int) count];
    for (int i = 0; i < numbers.length; i++) {
      int place = (int) at + bytes * i;
      numbers[i] =
          switch (type) {
            case BYTE -> file.get(place) & 0xff;
            case SHORT -> file.getChar(place);
            default -> file.getInt(place);
          };
    }
    return numbers;
  }

  /**
   * The same file with another directory at its end.
   *
   * @param numbers all that it is to have, by tags
   */
  byte[] with(SortedMap<Integer, int[]> numbers) {
    var entries = new ArrayList<byte[]>();
    var beyond = new ByteArrayOutputStream();
    int end = file.limit() + file.limit() % 2;
    numbers.forEach(
        (tag, values) -> {
          boolean wide = WIDE.contains(tag) || Arrays.stream(values).anyMatch(v -> v >> 16 != 0);
          byte[] data = data(values, wide);
          ByteBuffer entry = ByteBuffer.allocate(FIELD).order(file.order());
          entry.putChar((char) (int) tag).putChar((char) (wide ? LONG : SHORT));
          entry.putInt(values.length);
          if (data.length <= INLINE) {
            entry.put(data);
          } else {
            entry.putInt(end + beyond.size());
            beyond.writeBytes(data);
          }
          entries.add(entry.array());
        });
    int directory = end + beyond.size() + beyond.size() % 2;
    ByteBuffer changed =
        ByteBuffer.allocate(directory + 2 + FIELD * entries.size() + 4).order(file.order());
    changed.put(0, file, 0, file.limit()).putInt(4, directory);
    changed.put(end, beyond.toByteArray()).position(directory);
    changed.putChar((char) entries.size());
    entries.forEach(changed::put);
    return changed.array();
  }

  private byte[] data(int[] values, boolean wide) {
    int bytes = wide ? Integer.BYTES : Short.BYTES;
    ByteBuffer data = ByteBuffer.allocate(bytes * values.length).order(file.order());
    for (int value : values) {
      if (wide) {
        data.putInt(value);
      } else {
        data.putChar((char) value);
      }
    }
    return data.array();
  }
}
