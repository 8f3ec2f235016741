package training.fusion.trainer.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import training.fusion.trainer.Sha256;

/**
 * What a file must be like to be the one that was written.
 *
 * @param sha256 64 lower-case hexadecimal digits
 */
public record FileDigest(long bytes, String sha256) {

  /** Size and hash of a file as it is now. */
  public static FileDigest of(Path file) throws IOException {
    MessageDigest digest = Sha256.begin();
    return of(update(digest, file), digest);
  }

  /** The same of what a file has from the channel's position on. */
  public static FileDigest of(FileChannel file) throws IOException {
    MessageDigest digest = Sha256.begin();
    return of(update(digest, file), digest);
  }

  /** The same of a file's content. */
  public static FileDigest of(byte[] content) {
    MessageDigest digest = Sha256.begin();
    digest.update(content);
    return of(content.length, digest);
  }

  /**
   * A file's MD5 in hexadecimal digits: what S3 servers tell of objects, of no use against malice.
   */
  @SuppressWarnings("MD5") // it is theirs
  public static String md5(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("MD5");
      update(digest, file);
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has MD5", e);
    }
  }

  private static long update(MessageDigest digest, Path file) throws IOException {
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return update(digest, channel);
    }
  }

  private static long update(MessageDigest digest, FileChannel file) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    long bytes = 0;
    while (file.read(buffer) >= 0) {
      bytes += buffer.flip().remaining();
      digest.update(buffer);
      buffer.clear();
    }
    return bytes;
  }

  static FileDigest of(long bytes, MessageDigest digest) {
    return new FileDigest(bytes, Sha256.hex(digest));
  }
}
