package training.fusion.trainer.picture;

import javax.imageio.stream.ImageInputStreamImpl;

/** A file's content as decoders read it; the JDK's own stream for this copies it piece by piece. */
final class ContentStream extends ImageInputStreamImpl {
  private final byte[] content;

  ContentStream(byte[] content) {
    this.content = content;
  }

  @Override
  public int read() {
    bitOffset = 0;
    return streamPos < content.length ? content[(int) streamPos++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) {
    bitOffset = 0;
    int count = (int) Math.min(length, content.length - streamPos);
    if (count <= 0) {
      return length == 0 ? 0 : -1;
    }
    System.arraycopy(content, (int) streamPos, target, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return content.length;
  }
}
