package training.fusion.trainer.picture;

import java.nio.charset.StandardCharsets;

/**
 * Bytes that files of a kind have at a place.
 *
 * @param bytes Latin-1 characters; a question mark stands for any byte
 */
record Signature(int at, String bytes) {
  /** Bytes that files of a kind begin with. */
  static Signature of(String bytes) {
    return new Signature(0, bytes);
  }

  /** Whether a file's content, or the beginning of it, has them. */
  boolean isIn(byte[] content) {
    byte[] wanted = bytes.getBytes(StandardCharsets.ISO_8859_1);
    if (content.length < at + wanted.length) {
      return false;
    }
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i] != '?' && content[at + i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }
}
