package training.fusion.trainer.sample;

import java.util.Arrays;

/**
 * Permutations that depend on a seed and a stream number and on nothing else: neither on the Java
 * version nor on what was drawn before.
 */
public final class Shuffle {
  private long state;

  private Shuffle(long seed, long stream) {
    this.state = mixed(seed, stream);
  }

  /** A seed of two; the stream is mixed first, so that neighbouring ones do not meet. */
  public static long mixed(long seed, long stream) {
    return seed + mix(stream + GOLDEN_GAMMA);
  }

  /** 2^64 divided by the golden ratio, odd: SplitMix64's increment (Steele, Lea, Flood 2014). */
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  /** The numbers 0 to count − 1 in an order of their own for each (seed, stream). */
  public static int[] permutation(int count, long seed, long stream) {
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = i;
    }
    shuffle(numbers, seed, stream);
    return numbers;
  }

  /** Fisher and Yates' shuffle, in place. */
  public static void shuffle(int[] numbers, long seed, long stream) {
    var random = new Shuffle(seed, stream);
    for (int i = numbers.length - 1; i > 0; i--) {
      int other = (int) Long.remainderUnsigned(random.next(), i + 1L);
      int number = numbers[i];
      numbers[i] = numbers[other];
      numbers[other] = number;
    }
  }

  /**
   * A sequence as it comes out of a buffer, from which the next one is drawn at random and into
   * which the one that follows is put; a buffer for all of them draws every order alike.
   *
   * @param room how many the buffer holds
   */
  public static int[] buffered(int[] sequence, int room, long seed, long stream) {
    var random = new Shuffle(seed, stream);
    int[] buffer = Arrays.copyOf(sequence, Math.min(room, sequence.length));
    int held = buffer.length;
    int next = held;
    int[] drawn = new int[sequence.length];
    for (int i = 0; i < drawn.length; i++) {
      int place = (int) Long.remainderUnsigned(random.next(), held);
      drawn[i] = buffer[place];
      buffer[place] = next < sequence.length ? sequence[next++] : buffer[--held];
    }
    return drawn;
  }

  private long next() {
    state += GOLDEN_GAMMA;
    return mix(state);
  }

  /** SplitMix64's finalizer. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
