package training.fusion.trainer.safetensors;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What a file must be like to be the one that was written.
 *
 * @param sha256 64 lower-case hexadecimal digits
 */
public record FileDigest(long bytes, String sha256) {

  /** Size and hash of a file as it is now. */
  public static FileDigest of(Path file) throws IOException {
    MessageDigest digest = newSha256();
    ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
    long bytes = 0;
    try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer) >= 0) {
        bytes += buffer.flip().remaining();
        digest.update(buffer);
        buffer.clear();
      }
    }
    return of(bytes, digest);
  }

  static FileDigest of(long bytes, MessageDigest digest) {
    return new FileDigest(bytes, HexFormat.of().formatHex(digest.digest()));
  }

  static MessageDigest newSha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
