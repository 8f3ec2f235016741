package training.fusion.trainer.weights;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a pickle of protocol 2, the one that {@code torch.save} writes, as far as it consists of
 * tensors, numbers, texts, lists and dictionaries. A pickle is a program for a stack machine that
 * can call any Python function; here it can call nothing: what names a function other than {@link
 * PickledTensors} knows is refused, and the rest of it is not even read.
 */
final class Pickle {
  /** None, which is no Java null on the stack. */
  static final Object NONE = new Object();

  private static final Object MARK = new Object();
  private static final int LONGEST_NAME = 256;

  private final ByteBuffer in;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  private Pickle(ByteBuffer in) {
    this.in = in.order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * Reads one pickle and leaves the buffer after it.
   *
   * @return a Long, BigInteger, Double, Boolean, String, {@link #NONE}, List, Map or {@link
   *     TensorView}
   * @throws UnreadableWeights if it is damaged, or holds anything else
   */
  static Object read(ByteBuffer in) throws UnreadableWeights {
    try {
      return new Pickle(in).run();
    } catch (BufferUnderflowException e) {
      throw new UnreadableWeights("its pickle ends too early", e);
    } catch (IndexOutOfBoundsException | ClassCastException | IllegalArgumentException e) {
      throw new UnreadableWeights("its pickle is damaged", e);
    }
  }

  private Object run() throws UnreadableWeights {
    while (true) {
      int opcode = in.get() & 0xFF;
      switch (opcode) {
        case 0x80 -> protocol(in.get());
        case '(' -> push(MARK);
        case 'N' -> push(NONE);
        case 0x88 -> push(true);
        case 0x89 -> push(false);
        case 'K' -> push(in.get() & 0xFFL);
        case 'M' -> push(in.getShort() & 0xFFFFL);
        case 'J' -> push((long) in.getInt());
        case 0x8A -> push(number(in.get() & 0xFF));
        case 'G' -> push(Double.longBitsToDouble(Long.reverseBytes(in.getLong())));
        case 'X' -> push(text(in.getInt()));
        case 'U' -> push(text(in.get() & 0xFF));
        case 'T' -> push(text(in.getInt()));
        case ')' -> push(List.of());
        case 0x85 -> push(tuple(1));
        case 0x86 -> push(tuple(2));
        case 0x87 -> push(tuple(3));
        case 't' -> push(Collections.unmodifiableList(sinceMark()));
        case ']' -> push(new ArrayList<>());
        case 'a' -> append(tuple(1));
        case 'e' -> append(sinceMark());
        case '}' -> push(new LinkedHashMap<>());
        case 's' -> put(tuple(2));
        case 'u' -> put(sinceMark());
        case 'q' -> memo.put(in.get() & 0xFF, top());
        case 'r' -> memo.put(in.getInt(), top());
        case 'h' -> push(remembered(in.get() & 0xFF));
        case 'j' -> push(remembered(in.getInt()));
        case 'c' -> push(PickledTensors.global(line(), line()));
        case 'Q' -> push(PickledTensors.storage(pop()));
        case 'R' -> {
          Object arguments = pop();
          push(PickledTensors.call(pop(), (List<?>) arguments));
        }
        case 'b' -> build(pop());
        case '.' -> {
          return pop();
        }
        default ->
            throw new UnreadableWeights(
                "its pickle has the opcode 0x%02x, which tensors and dictionaries do not need"
                    .formatted(opcode));
      }
    }
  }

  private static void protocol(int version) throws UnreadableWeights {
    if (version != 2) {
      throw new UnreadableWeights(
          "its pickle has protocol %d; save it with torch.save's own, which is 2"
              .formatted(version));
    }
  }

  private void push(Object value) {
    stack.add(value);
  }

  private Object pop() {
    return stack.remove(stack.size() - 1);
  }

  private Object top() {
    return stack.get(stack.size() - 1);
  }

  private List<Object> tuple(int size) {
    List<Object> end = stack.subList(stack.size() - size, stack.size());
    List<Object> taken = List.copyOf(end);
    end.clear();
    return taken;
  }

  private List<Object> sinceMark() {
    List<Object> taken = tuple(stack.size() - 1 - stack.lastIndexOf(MARK));
    if (pop() != MARK) {
      throw new IllegalArgumentException("no mark");
    }
    return taken;
  }

  @SuppressWarnings("unchecked") // lists on the stack are this class's own
  private void append(List<Object> values) {
    ((ArrayList<Object>) top()).addAll(values);
  }

  @SuppressWarnings("unchecked") // so are maps
  private void put(List<Object> keysAndValues) throws UnreadableWeights {
    var map = (LinkedHashMap<Object, Object>) top();
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      Object key = keysAndValues.get(i);
      if (!(key instanceof String || key instanceof Long || key instanceof Boolean)) {
        throw new UnreadableWeights("its pickle has a dictionary whose keys are not texts");
      }
      map.put(key, keysAndValues.get(i + 1));
    }
  }

  /** Attributes of an ordered dictionary, such as {@code _metadata}: not needed. */
  private void build(Object attributes) {
    if (!(top() instanceof LinkedHashMap && attributes instanceof Map)) {
      throw new IllegalArgumentException("attributes of what has none");
    }
  }

  private Object remembered(int index) {
    Object value = memo.get(index);
    if (value == null) {
      throw new IllegalArgumentException("nothing is remembered as " + index);
    }
    return value;
  }

  private Object number(int length) {
    byte[] bytes = bytes(length);
    for (int i = 0; i < length / 2; i++) { // BigInteger begins with the highest
      byte low = bytes[i];
      bytes[i] = bytes[length - 1 - i];
      bytes[length - 1 - i] = low;
    }
    var value = length == 0 ? BigInteger.ZERO : new BigInteger(bytes);
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  private String text(int length) {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  private byte[] bytes(int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }

  private String line() {
    int length = 0;
    while (in.get(in.position() + length) != '\n') {
      if (++length > LONGEST_NAME) {
        throw new IllegalArgumentException("a name without end");
      }
    }
    String line = text(length);
    in.get();
    return line;
  }
}
