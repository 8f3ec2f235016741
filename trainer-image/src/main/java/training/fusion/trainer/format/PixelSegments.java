package training.fusion.trainer.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import training.fusion.trainer.sample.Pixels;

/**
 * The bytes of images of one size, in segments of whole images, since Java's buffers end at 2 GiB.
 */
public final class PixelSegments implements Pixels {
  /** Length that no segment exceeds. */
  static final int SEGMENT_BYTES = 1 << 30;

  private final int imageBytes;
  private final int imagesPerSegment;
  private final ByteBuffer[] segments;

  private PixelSegments(int count, int imageBytes, int segmentBytes) {
    this.imageBytes = imageBytes;
    this.imagesPerSegment = Math.max(1, segmentBytes / imageBytes);
    this.segments =
        new ByteBuffer[(int) (((long) count + imagesPerSegment - 1) / imagesPerSegment)];
  }

  /** What is in memory already; not copied. */
  public static PixelSegments of(byte[] pixels, int imageBytes) {
    var one = new PixelSegments(pixels.length / imageBytes, imageBytes, Integer.MAX_VALUE);
    one.segments[0] = ByteBuffer.wrap(pixels);
    return one;
  }

  /**
   * Reads images from a stream. If it ends early, {@link #bytes} is less than what they have; a
   * count that lies about a short stream costs no memory.
   */
  public static PixelSegments read(InputStream input, int count, int imageBytes, int segmentBytes)
      throws IOException {
    var read = new PixelSegments(count, imageBytes, segmentBytes);
    for (int i = 0; i < read.segments.length; i++) {
      // in pieces, until the stream ends
      read.segments[i] = ByteBuffer.wrap(input.readNBytes(read.lengthOf(i, count)));
    }
    return read;
  }

  private int lengthOf(int segment, int count) {
    return Math.min(imagesPerSegment, count - segment * imagesPerSegment) * imageBytes;
  }

  /** How many there are in all. */
  public long bytes() {
    long sum = 0;
    for (ByteBuffer segment : segments) {
      sum += segment.capacity();
    }
    return sum;
  }

  @Override
  public void get(int image, ByteBuffer target, int offset) {
    target.put(offset, segments[image / imagesPerSegment], at(image), imageBytes);
  }

  @Override
  public byte[] get(int image) {
    byte[] bytes = new byte[imageBytes];
    segments[image / imagesPerSegment].get(at(image), bytes);
    return bytes;
  }

  private int at(int image) {
    return image % imagesPerSegment * imageBytes;
  }
}
