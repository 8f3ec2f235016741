package training.fusion.trainer.format;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a pickle of dictionaries, lists, texts, whole numbers and NumPy's arrays of bytes, as
 * Python 2 and 3 write them. Of functions it knows the four that make such arrays, by their names;
 * any other ends the reading, and none is run.
 */
final class PlainPickle {
  /**
   * A text of Python 2, bytes, or the elements of an array in their order in memory.
   *
   * @param at where they begin in the pickle; negative: nowhere as they are
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Bytes(byte[] bytes, int at) {}

  private record Global(String name) {}

  /** An array that is being made: its state comes after it. */
  private static final class Array {
    private Bytes elements = new Bytes(new byte[0], -1);
  }

  private static final Object MARK = new Object();
  private static final Object NONE = new Object();

  private static final Set<String> RECONSTRUCT =
      Set.of("numpy.core.multiarray._reconstruct", "numpy._core.multiarray._reconstruct");
  private static final Set<String> FROM_BUFFER =
      Set.of("numpy.core.numeric._frombuffer", "numpy._core.numeric._frombuffer");
  private static final String ELEMENT_TYPE = "numpy.dtype";
  private static final String ARRAY = "numpy.ndarray";
  private static final String ENCODE = "_codecs.encode";
  private static final String UNSIGNED_BYTES = "u1";

  private final ByteBuffer in;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  private PlainPickle(ByteBuffer in) {
    this.in = in;
  }

  /**
   * Reads one pickle.
   *
   * @return a Map from String, List, String, {@link Bytes}, Long or Boolean
   * @throws IllegalArgumentException naming what else is in it
   */
  static Object read(ByteBuffer in) {
    Object read = new PlainPickle(in.order(ByteOrder.LITTLE_ENDIAN)).run();
    if (read instanceof Map<?, ?> map) {
      Map<Object, Object> finished = new LinkedHashMap<>();
      map.forEach(
          (key, value) -> finished.put(key, value instanceof Array array ? array.elements : value));
      return finished;
    }
    return read;
  }

  private Object run() {
    while (true) {
      int opcode = in.get() & 0xff;
      switch (opcode) {
        case 0x80 -> in.get(); // the protocol
        case 0x95 -> in.getLong(); // a frame's length
        case '(' -> push(MARK);
        case 'N' -> push(NONE);
        case 0x88 -> push(true);
        case 0x89 -> push(false);
        case 'K' -> push((long) (in.get() & 0xff));
        case 'M' -> push((long) in.getChar());
        case 'J' -> push((long) in.getInt());
        case 'U', 'C' -> push(stored(in.get() & 0xff));
        case 'T', 'B' -> push(stored(in.getInt()));
        case 0x8E, 0x96 -> push(stored(in.getLong()));
        case 0x8C -> push(text(in.get() & 0xff));
        case 'X' -> push(text(in.getInt()));
        case ']' -> push(new ArrayList<>());
        case '}' -> push(new LinkedHashMap<>());
        case ')' -> push(List.of());
        case 0x85 -> push(taken(1));
        case 0x86 -> push(taken(2));
        case 0x87 -> push(taken(3));
        case 't' -> push(sinceMark());
        case 'a' -> append(taken(1));
        case 'e' -> append(sinceMark());
        case 's' -> put(taken(2));
        case 'u' -> put(sinceMark());
        case 'q' -> memo.put(in.get() & 0xff, top());
        case 'r' -> memo.put(in.getInt(), top());
        case 0x94 -> memo.put(memo.size(), top());
        case 'h' -> push(remembered(in.get() & 0xff));
        case 'j' -> push(remembered(in.getInt()));
        case '0' -> taken(1);
        case 'c' -> push(new Global(line() + "." + line()));
        case 0x93 -> {
          List<Object> names = taken(2);
          push(new Global(names.get(0) + "." + names.get(1)));
        }
        case 'R' -> {
          List<Object> call = taken(2);
          push(called(((Global) call.get(0)).name, (List<?>) call.get(1)));
        }
        case 'b' -> {
          Object state = taken(1).get(0);
          if (top() instanceof Array array) {
            array.elements = elements((List<?>) state);
          }
        }
        case '.' -> {
          return top();
        }
        default ->
            throw new IllegalArgumentException(
                "its pickle has the opcode 0x%02x, which such files do not have".formatted(opcode));
      }
    }
  }

  /** What the functions that make arrays of bytes come to. */
  private static Object called(String function, List<?> arguments) {
    if (RECONSTRUCT.contains(function) && arguments.get(0).equals(new Global(ARRAY))) {
      return new Array();
    }
    if (FROM_BUFFER.contains(function) && UNSIGNED_BYTES.equals(arguments.get(1))) {
      return arguments.get(0);
    }
    if (function.equals(ELEMENT_TYPE)) {
      return arguments.get(0) instanceof Bytes type
          ? new String(type.bytes, StandardCharsets.US_ASCII)
          : arguments.get(0);
    }
    if (function.equals(ENCODE) && "latin1".equals(arguments.get(1))) {
      return new Bytes(((String) arguments.get(0)).getBytes(StandardCharsets.ISO_8859_1), -1);
    }
    throw new IllegalArgumentException(
        "its pickle names %s, which such files do not need; nothing was run".formatted(function));
  }

  /** Of (version, shape, type, whether columns come first, elements). */
  private static Bytes elements(List<?> state) {
    if (!UNSIGNED_BYTES.equals(state.get(2)) || !Boolean.FALSE.equals(state.get(3))) {
      throw new IllegalArgumentException("its array is none of bytes, row by row");
    }
    return (Bytes) state.get(4);
  }

  private Bytes stored(long length) {
    int at = in.position();
    return new Bytes(bytes(length), at);
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object top() {
    return stack.get(stack.size() - 1);
  }

  private List<Object> taken(int size) {
    List<Object> end = stack.subList(stack.size() - size, stack.size());
    List<Object> taken = List.copyOf(end);
    end.clear();
    return taken;
  }

  private List<Object> sinceMark() {
    List<Object> taken = taken(stack.size() - 1 - stack.lastIndexOf(MARK));
    taken(1);
    return taken;
  }

  @SuppressWarnings("unchecked") // lists that can grow are this class's own
  private void append(List<Object> values) {
    ((ArrayList<Object>) top()).addAll(values);
  }

  @SuppressWarnings("unchecked") // so are maps
  private void put(List<Object> keysAndValues) {
    var map = (LinkedHashMap<Object, Object>) top();
    for (int i = 0; i + 1 < keysAndValues.size(); i += 2) {
      Object key = keysAndValues.get(i);
      map.put(
          key instanceof Bytes bytes
              ? new String(bytes.bytes, StandardCharsets.UTF_8)
              : (String) key,
          keysAndValues.get(i + 1));
    }
  }

  private Object remembered(int index) {
    Object value = memo.get(index);
    if (value == null) {
      throw new IllegalArgumentException("its pickle asks for what it did not keep");
    }
    return value;
  }

  private byte[] bytes(long length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[(int) length];
    in.get(bytes);
    return bytes;
  }

  private String text(long length) {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  private String line() {
    var line = new ByteArrayOutputStream();
    for (byte next = in.get(); next != '\n'; next = in.get()) {
      line.write(next);
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
