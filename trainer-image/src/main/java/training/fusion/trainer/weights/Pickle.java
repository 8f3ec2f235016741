package training.fusion.trainer.weights;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a pickle, of any of Python's protocols, as far as it consists of tensors, numbers, texts,
 * lists and dictionaries. A pickle is a program for a stack machine that can call any Python
 * function; here it can call nothing: what would be made by a function other than those that {@link
 * PickledTensors} knows stays a {@link PickledObject}, which has a name and does nothing.
 */
public final class Pickle {
  /** None, which is no Java null on the stack. */
  public static final Object NONE = new Object();

  private static final Object MARK = new Object();
  private static final int NEWEST_PROTOCOL = 5;

  private final PickleOperands in;
  private final Map<String, PickledStorage> storages;
  private final List<Object> stack = new ArrayList<>();
  private final Map<Integer, Object> memo = new HashMap<>();

  private Pickle(ByteBuffer in, Map<String, PickledStorage> storages) {
    this.in = new PickleOperands(in);
    this.storages = storages;
  }

  /** Reads a pickle in which no storages are looked for. */
  public static Object read(ByteBuffer in) throws UnreadableWeights {
    return read(in, new HashMap<>());
  }

  /**
   * Reads one pickle and leaves the buffer after it.
   *
   * @param storages is given those that are named, by their keys
   * @return a Long, BigInteger, Double, Boolean, String, {@link #NONE}, List, Map, {@link
   *     TensorView} or {@link PickledObject}
   * @throws UnreadableWeights if it is damaged
   */
  static Object read(ByteBuffer in, Map<String, PickledStorage> storages) throws UnreadableWeights {
    try {
      return new Pickle(in.order(ByteOrder.LITTLE_ENDIAN), storages).run();
    } catch (BufferUnderflowException e) {
      throw new UnreadableWeights("its pickle ends too early", e);
    } catch (IndexOutOfBoundsException | ClassCastException | IllegalArgumentException e) {
      throw new UnreadableWeights("its pickle is damaged", e);
    }
  }

  /** A key whose comparison ends: of another kind of key only its being there is kept. */
  static Object key(Object key) {
    return key instanceof String || key instanceof Long || key instanceof Boolean
        ? key
        : new PickledObject("a key");
  }

  private Object run() throws UnreadableWeights {
    while (true) {
      int opcode = in.unsignedByte();
      switch (opcode) {
        case 0x80 -> protocol(in.unsignedByte());
        case 0x95 -> in.skip(Long.BYTES); // a frame's length
        case '(' -> push(MARK);
        case 'N' -> push(NONE);
        case 0x88 -> push(true);
        case 0x89 -> push(false);
        case 'K' -> push((long) in.unsignedByte());
        case 'M' -> push(in.unsignedShort());
        case 'J' -> push(in.signedInt());
        case 'I' -> push(in.decimal());
        case 'L' -> push(in.decimal());
        case 0x8A -> push(in.number(in.unsignedByte()));
        case 0x8B -> push(in.number(in.length()));
        case 'G' -> push(in.bigEndianDouble());
        case 'F' -> push(Double.valueOf(in.line()));
        case 'X', 'T' -> push(in.text(in.length()));
        case 'U', 0x8C -> push(in.text(in.unsignedByte()));
        case 0x8D -> push(in.text(in.longLength()));
        case 'B' -> push(bytes(in.length()));
        case 'C' -> push(bytes(in.unsignedByte()));
        case 0x8E, 0x96 -> push(bytes(in.longLength()));
        case ')' -> push(List.of());
        case 0x85 -> push(tuple(1));
        case 0x86 -> push(tuple(2));
        case 0x87 -> push(tuple(3));
        case 't' -> push(Collections.unmodifiableList(sinceMark()));
        case ']' -> push(new ArrayList<>());
        case 'l' -> push(new ArrayList<>(sinceMark()));
        case 'a' -> append(tuple(1));
        case 'e' -> append(sinceMark());
        case 0x8F -> push(new PickledObject("a set"));
        case 0x91 -> {
          sinceMark();
          push(new PickledObject("a set"));
        }
        case 0x90 -> sinceMark(); // into a set
        case '}' -> push(new LinkedHashMap<>());
        case 'd' -> {
          List<Object> keysAndValues = sinceMark();
          push(new LinkedHashMap<>());
          put(keysAndValues);
        }
        case 's' -> put(tuple(2));
        case 'u' -> put(sinceMark());
        case 'q' -> memo.put(in.unsignedByte(), top());
        case 'r' -> memo.put(in.length(), top());
        case 'p' -> memo.put(Integer.parseInt(in.line()), top());
        case 0x94 -> memo.put(memo.size(), top());
        case 'h' -> push(remembered(in.unsignedByte()));
        case 'j' -> push(remembered(in.length()));
        case 'g' -> push(remembered(Integer.parseInt(in.line())));
        case '0' -> pop();
        case '1' -> sinceMark();
        case '2' -> push(top());
        case 'c' -> push(new PickledTensors.Global(in.line() + "." + in.line()));
        case 0x93 -> {
          List<Object> names = tuple(2);
          push(new PickledTensors.Global((String) names.get(0) + "." + (String) names.get(1)));
        }
        case 'Q' -> push(persistent(pop()));
        case 'R', 0x81 -> call(pop());
        case 0x92 -> { // with arguments by name, too
          pop();
          call(pop());
        }
        case 'b' -> build(pop());
        case '.' -> {
          return pop();
        }
        default ->
            throw new UnreadableWeights(
                "its pickle has the opcode 0x%02x, which torch.save does not write"
                    .formatted(opcode));
      }
    }
  }

  private static void protocol(int version) throws UnreadableWeights {
    if (version > NEWEST_PROTOCOL) {
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

  private Object bytes(int length) {
    in.skip(length);
    return new PickledObject("bytes");
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
    if (!(top() instanceof PickledObject)) {
      ((ArrayList<Object>) top()).addAll(values);
    }
  }

  @SuppressWarnings("unchecked") // so are maps
  private void put(List<Object> keysAndValues) {
    var map =
        top() instanceof PickledObject object
            ? object.entries()
            : (LinkedHashMap<Object, Object>) top();
    for (int i = 0; i < keysAndValues.size(); i += 2) {
      map.put(key(keysAndValues.get(i)), keysAndValues.get(i + 1));
    }
  }

  private Object persistent(Object id) {
    Object meant = PickledTensors.persistent(id);
    if (meant instanceof PickledStorage storage) {
      storages.put(storage.key(), storage);
    }
    return meant;
  }

  /** TorchScript's own pickles give an enumeration its value alone, in no tuple. */
  private void call(Object arguments) throws UnreadableWeights {
    List<?> given = arguments instanceof List<?> several ? several : List.of(arguments);
    push(PickledTensors.call(pop(), given));
  }

  /** Attributes: of a module they are its tensors, of a dictionary or a tensor not needed. */
  private void build(Object state) {
    if (top() instanceof PickledObject object && state instanceof Map<?, ?> attributes) {
      object.attributes().putAll(attributes);
    }
  }

  private Object remembered(int index) {
    Object value = memo.get(index);
    if (value == null) {
      throw new IllegalArgumentException("nothing is remembered as " + index);
    }
    return value;
  }
}
