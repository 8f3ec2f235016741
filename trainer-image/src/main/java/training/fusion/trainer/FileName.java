package training.fusion.trainer;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Names of files as text, whatever locale the process was started in. Java reads names in the
 * locale's encoding, which is ASCII under {@code LC_ALL=POSIX}; the names themselves are UTF-8
 * almost everywhere, and a path's URI has their bytes as they are.
 */
public final class FileName {
  /** What Java puts in place of bytes that are no text in the locale's encoding. */
  private static final char NO_TEXT = '\uFFFD';

  private static final String UNRESERVED = "-._~/";

  private FileName() {}

  /** A path as text; empty if it is text neither in the locale's encoding nor in UTF-8. */
  public static Optional<String> text(Path path) {
    if (path.toString().indexOf(NO_TEXT) < 0) {
      return Optional.of(path.toString());
    }
    List<String> names = new ArrayList<>();
    for (Path name : path) {
      Optional<String> decoded = utf8(name);
      if (decoded.isEmpty()) {
        return decoded;
      }
      names.add(decoded.get());
    }
    return Optional.of((path.isAbsolute() ? "/" : "") + String.join("/", names));
  }

  /**
   * The path of a relative name below a folder.
   *
   * @throws InvalidPathException if no file can have it
   */
  public static Path resolve(Path folder, String name) {
    try {
      return folder.resolve(name);
    } catch (InvalidPathException e) {
      if (name.indexOf('\0') >= 0) {
        throw e;
      }
      String below = folder.toAbsolutePath().toUri().getRawPath();
      return Path.of(
          URI.create("file://" + (below.endsWith("/") ? below : below + "/") + escaped(name)));
    }
  }

  private static Optional<String> utf8(Path name) {
    String raw = name.toAbsolutePath().toUri().getRawPath();
    String last = raw.substring(raw.lastIndexOf('/', raw.length() - 2) + 1).replaceAll("/$", "");
    ByteBuffer bytes = ByteBuffer.allocate(last.length());
    for (int i = 0; i < last.length(); i++) {
      boolean escaped = last.charAt(i) == '%';
      bytes.put(
          escaped
              ? (byte) Integer.parseInt(last.substring(i + 1, i + 3), 16)
              : (byte) last.charAt(i));
      i += escaped ? 2 : 0;
    }
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static String escaped(String name) {
    var escaped = new StringBuilder();
    for (byte one : name.getBytes(StandardCharsets.UTF_8)) {
      char letter = (char) (one & 0xff);
      boolean plain =
          letter < 128 && (Character.isLetterOrDigit(letter) || UNRESERVED.indexOf(letter) >= 0);
      escaped.append(plain ? String.valueOf(letter) : "%%%02X".formatted(one & 0xff));
    }
    return escaped.toString();
  }
}
