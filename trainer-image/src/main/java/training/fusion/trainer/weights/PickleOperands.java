package training.fusion.trainer.weights;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** What follows the opcodes of a pickle: numbers and texts, little-endian or in decimal. */
final class PickleOperands {
  private static final int LONGEST_LINE = 4096;

  private final ByteBuffer in;

  /**
   * @param in little-endian
   */
  PickleOperands(ByteBuffer in) {
    this.in = in;
  }

  int unsignedByte() {
    return in.get() & 0xFF;
  }

  long unsignedShort() {
    return in.getShort() & 0xFFFFL;
  }

  long signedInt() {
    return in.getInt();
  }

  /** Four bytes. */
  int length() {
    return in.getInt();
  }

  /** Eight bytes; a length that no buffer has is the end of it. */
  int longLength() {
    long length = in.getLong();
    return length < 0 || length > Integer.MAX_VALUE ? Integer.MAX_VALUE : (int) length;
  }

  double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(in.getLong()));
  }

  /** An integer of this many bytes: a Long, or a BigInteger where it needs more. */
  Object number(int length) {
    byte[] bytes = bytes(length);
    for (int i = 0; i < length / 2; i++) { // BigInteger begins with the highest
      byte low = bytes[i];
      bytes[i] = bytes[length - 1 - i];
      bytes[length - 1 - i] = low;
    }
    return narrowed(length == 0 ? BigInteger.ZERO : new BigInteger(bytes));
  }

  /** An integer as text, {@code 00} and {@code 01} for False and True, L at the end of a long. */
  Object decimal() {
    String line = line();
    return switch (line) {
      case "00" -> false;
      case "01" -> true;
      default -> narrowed(new BigInteger(line.endsWith("L") ? line.replace("L", "") : line));
    };
  }

  private static Object narrowed(BigInteger value) {
    return value.bitLength() < Long.SIZE ? (Object) value.longValue() : value;
  }

  String text(int length) {
    return new String(bytes(length), StandardCharsets.UTF_8);
  }

  /** Without its end. */
  String line() {
    int length = 0;
    while (in.get(in.position() + length) != '\n') {
      if (++length > LONGEST_LINE) {
        throw new IllegalArgumentException("a line without end");
      }
    }
    String line = text(length);
    in.get();
    return line;
  }

  void skip(int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    in.position(in.position() + length);
  }

  private byte[] bytes(int length) {
    if (length < 0 || length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
