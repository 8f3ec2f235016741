package training.fusion.trainer;

import java.util.Arrays;
import java.util.Random;

/**
 * Bytes with a damage: cut, or with one to eight flipped bits.
 *
 * @param firstByte the first that is not what it was
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record Damage(byte[] bytes, int firstByte, String what) {
  static Damage of(byte[] whole, Random random) {
    if (random.nextInt(3) == 0) {
      int length = random.nextInt(whole.length);
      return new Damage(Arrays.copyOf(whole, length), length, "cut after " + length + " bytes");
    }
    byte[] bytes = whole.clone();
    int bits = 1 + random.nextInt(8);
    for (int i = 0; i < bits; i++) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    int first = Arrays.mismatch(bytes, whole);
    return first < 0
        ? of(whole, random) // one bit flipped twice
        : new Damage(bytes, first, bits + " bits flipped, the first in byte " + first);
  }

  @Override
  public String toString() {
    return what;
  }
}
