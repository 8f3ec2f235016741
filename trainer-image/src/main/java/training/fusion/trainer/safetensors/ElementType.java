package training.fusion.trainer.safetensors;

import java.nio.ByteBuffer;

/** Types of tensor elements, named as in the format, all little-endian. */
public enum ElementType {
  F64(8),
  F32(4),
  F16(2),
  BF16(2),
  I64(8),
  I32(4),
  I16(2),
  I8(1),
  U8(1),
  BOOL(1);

  private final int bytes;

  ElementType(int bytes) {
    this.bytes = bytes;
  }

  /** Bytes of one element. */
  public int bytes() {
    return bytes;
  }

  /**
   * An element as a float; what is wider is rounded.
   *
   * @param bytes in little-endian order
   * @param at its first byte
   */
  public float number(ByteBuffer bytes, int at) {
    return switch (this) {
      case F32 -> bytes.getFloat(at);
      case F64 -> (float) bytes.getDouble(at);
      case F16 -> half(bytes.getShort(at));
      case BF16 -> Float.intBitsToFloat(bytes.getShort(at) << 16);
      case I64 -> bytes.getLong(at);
      case I32 -> bytes.getInt(at);
      case I16 -> bytes.getShort(at);
      case I8 -> bytes.get(at);
      case U8, BOOL -> bytes.get(at) & 0xFF;
    };
  }

  /** IEEE 754 binary16; the JDK's own conversion came after 17. */
  private static float half(short bits) {
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    float magnitude =
        switch (exponent) {
          case 0 -> Math.scalb((float) fraction, -24);
          case 0x1F -> fraction == 0 ? Float.POSITIVE_INFINITY : Float.NaN;
          default -> Math.scalb((float) (fraction | 0x400), exponent - 25);
        };
    return bits < 0 ? -magnitude : magnitude;
  }
}
