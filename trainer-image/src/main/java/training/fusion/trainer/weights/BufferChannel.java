package training.fusion.trainer.weights;

import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;

/** Bytes in memory, or mapped into it, for a library that reads channels. */
final class BufferChannel implements SeekableByteChannel {
  private final ByteBuffer bytes;
  private boolean open = true;

  BufferChannel(ByteBuffer bytes) {
    this.bytes = bytes.rewind();
  }

  @Override
  public int read(ByteBuffer to) throws ClosedChannelException {
    if (!open) {
      throw new ClosedChannelException();
    }
    if (!bytes.hasRemaining()) {
      return -1;
    }
    int count = Math.min(to.remaining(), bytes.remaining());
    to.put(bytes.slice(bytes.position(), count));
    bytes.position(bytes.position() + count);
    return count;
  }

  @Override
  public long position() {
    return bytes.position();
  }

  /** Beyond the end is the end. */
  @Override
  public SeekableByteChannel position(long position) {
    bytes.position((int) Math.min(position, bytes.limit()));
    return this;
  }

  @Override
  public long size() {
    return bytes.limit();
  }

  @Override
  public int write(ByteBuffer from) {
    throw new NonWritableChannelException();
  }

  @Override
  public SeekableByteChannel truncate(long size) {
    throw new NonWritableChannelException();
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public void close() {
    open = false;
  }
}
