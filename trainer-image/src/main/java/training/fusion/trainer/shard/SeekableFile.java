package training.fusion.trainer.shard;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** A file as a stream that knows where it is, and passes over what is not wanted unread. */
final class SeekableFile extends InputStream {
  /** Two pages: an entry's end, a small one after it, and the next one's header. */
  private static final int BUFFER = 8192;

  private final FileChannel channel;
  private final long size;
  private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER).limit(0);

  /** Where the buffer's first byte is in the file. */
  private long bufferAt;

  private SeekableFile(FileChannel channel, long size) {
    this.channel = channel;
    this.size = size;
  }

  static SeekableFile open(Path file) throws IOException {
    FileChannel channel = FileChannel.open(file);
    try {
      return new SeekableFile(channel, channel.size());
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Offset of the byte that is read next. */
  long position() {
    return bufferAt + buffer.position();
  }

  @Override
  public int read() throws IOException {
    return filled() ? buffer.get() & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!filled()) {
      return -1;
    }
    int count = Math.min(length, buffer.remaining());
    buffer.get(target, offset, count);
    return count;
  }

  private boolean filled() throws IOException {
    if (buffer.hasRemaining()) {
      return true;
    }
    bufferAt = position();
    buffer.clear();
    int count = channel.read(buffer, bufferAt);
    buffer.flip();
    return count > 0;
  }

  /** Not beyond the end. */
  @Override
  public long skip(long count) {
    long skipped = Math.max(0, Math.min(count, size - position()));
    if (skipped <= buffer.remaining()) {
      buffer.position(buffer.position() + (int) skipped);
    } else {
      bufferAt = position() + skipped;
      buffer.position(0).limit(0);
    }
    return skipped;
  }

  /** Bytes from another place; the stream stays where it is. */
  byte[] at(long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, offset + bytes.position()) < 0) {
        throw new EOFException("it ends too early");
      }
    }
    return bytes.array();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
