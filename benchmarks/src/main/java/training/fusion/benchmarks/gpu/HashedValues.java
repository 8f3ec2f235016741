package training.fusion.benchmarks.gpu;

import java.util.stream.IntStream;

/**
 * Values that Java here and Python there compute alike, so that no weights travel: those of the
 * golden fixtures ({@code trainer-image/oracle}).
 *
 * @param tensor its number
 * @param offset what all elements have in common
 * @param scale of what differs
 */
record HashedValues(long tensor, double offset, double scale) {
  private static final long IMAGES = 9001;
  private static final int BUFFERS = 1000;

  /** Of a batch norm's statistics. */
  static HashedValues statistics(int buffer, boolean variance) {
    return variance
        ? new HashedValues(BUFFERS + buffer, 1, 0.3)
        : new HashedValues(BUFFERS + buffer, 0, 0.1);
  }

  /** Element {@code i} of tensor {@code k}, in [−1, 1), exact in fp32. */
  static double u(long k, long i) {
    long x = (i * 2654435761L + k * 40503L * 65536L + 0x9E3779B9L) & 0xFFFFFFFFL;
    for (int round = 0; round < 2; round++) {
      x ^= x >>> 16;
      x = (x * 0x45D9F3BL) & 0xFFFFFFFFL;
    }
    x ^= x >>> 16;
    return (x >>> 8) / 8388608.0 - 1;
  }

  /** So many elements, row-major. */
  float[] elements(long count) {
    float[] values = new float[Math.toIntExact(count)];
    IntStream.range(0, values.length)
        .parallel()
        .forEach(i -> values[i] = (float) (offset + scale * u(tensor, i)));
    return values;
  }

  /** The bytes of a batch of pictures, row-major. */
  static byte[] pictures(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (int) ((u(IMAGES, i) + 1) * 128);
    }
    return bytes;
  }

  /** The batch's labels. */
  static long[] labels(int images, int classes) {
    return IntStream.range(0, images).mapToLong(i -> (3L * i + 1) % classes).toArray();
  }
}
