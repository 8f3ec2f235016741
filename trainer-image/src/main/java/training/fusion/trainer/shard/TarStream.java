package training.fusion.trainer.shard;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A tar's bytes on their way to its reader: whether the tar was ended as POSIX wants it, by two
 * empty blocks, and how long the headers before an entry are, since they are read into memory.
 */
public final class TarStream extends FilterInputStream {
  private static final int BLOCK = 512;
  private static final long LONGEST_HEADERS = 16L << 20;

  private final boolean seeks;
  private long zerosAtEnd;
  private long headersLeft = Long.MAX_VALUE;

  /**
   * A tar's bytes.
   *
   * @param seeks whether the stream skips without reading, and never beyond its end
   */
  public TarStream(InputStream tar, boolean seeks) {
    super(tar);
    this.seeks = seeks;
  }

  /** What comes next are an entry's headers. */
  public void beginHeaders() {
    headersLeft = LONGEST_HEADERS;
  }

  /** What comes next is an entry's content. */
  public void endHeaders() {
    headersLeft = Long.MAX_VALUE;
  }

  /** Whether what was read ends with an empty block. */
  public boolean endsAsItShould() {
    return zerosAtEnd >= BLOCK;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (headersLeft <= 0) {
      throw new IOException(
          "the headers of an entry are longer than %d bytes".formatted(LONGEST_HEADERS));
    }
    int count = super.read(target, offset, (int) Math.min(length, headersLeft));
    if (count > 0) {
      headersLeft -= headersLeft == Long.MAX_VALUE ? 0 : count;
      int zeros = 0;
      while (zeros < count && target[offset + count - 1 - zeros] == 0) {
        zeros++;
      }
      zerosAtEnd = zeros == count ? zerosAtEnd + count : zeros;
    }
    return count;
  }

  /** Everything is read, if the stream does not seek. */
  @Override
  public long skip(long count) throws IOException {
    if (seeks) {
      return super.skip(count);
    }
    byte[] skipped = new byte[(int) Math.min(count, 1 << 16)];
    int read = skipped.length == 0 ? 0 : read(skipped, 0, skipped.length);
    return Math.max(0, read);
  }
}
