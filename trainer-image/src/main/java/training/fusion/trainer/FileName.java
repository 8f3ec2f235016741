package training.fusion.trainer;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
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

  /** Whether Java writes and reads names in UTF-8. */
  private static final boolean IN_UTF_8 =
      "UTF-8".equalsIgnoreCase(System.getProperty("sun.jnu.encoding"));

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
      return folder.resolve(ofBytes(name.getBytes(StandardCharsets.UTF_8)));
    }
  }

  /** Of a URI the bytes are taken as they are. */
  private static Path ofBytes(byte[] name) {
    Path atTheTop = Path.of(URI.create("file:///" + escaped(name)));
    return atTheTop.subpath(0, atTheTop.getNameCount());
  }

  /**
   * The path of a name below a folder.
   *
   * @param name as the file system has it: bytes without {@code /}
   */
  public static Path resolve(Path folder, byte[] name) {
    if (isAscii(name)) {
      return folder.resolve(new String(name, StandardCharsets.ISO_8859_1));
    }
    Optional<String> text = IN_UTF_8 ? utf8(name) : Optional.empty();
    return text.isPresent() ? folder.resolve(text.get()) : folder.resolve(ofBytes(name));
  }

  /** As {@link #text(Path)}, of a name as the file system has it. */
  public static Optional<String> text(byte[] name) {
    if (isAscii(name)) {
      return Optional.of(new String(name, StandardCharsets.ISO_8859_1));
    }
    return IN_UTF_8 ? utf8(name) : text(ofBytes(name));
  }

  /** A path, or a name, as the file system has it. */
  public static byte[] bytes(Path path) {
    String text = path.toString();
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    if (plain.length == text.length() || (IN_UTF_8 && text.indexOf(NO_TEXT) < 0)) {
      return plain;
    }
    var bytes = new ByteArrayOutputStream();
    for (Path name : path) {
      if (bytes.size() > 0 || path.isAbsolute()) {
        bytes.write('/');
      }
      bytes.writeBytes(rawBytes(name));
    }
    return bytes.toByteArray();
  }

  private static boolean isAscii(byte[] name) {
    for (byte one : name) {
      if (one < 0) {
        return false;
      }
    }
    return true;
  }

  private static Optional<String> utf8(Path name) {
    return utf8(rawBytes(name));
  }

  private static Optional<String> utf8(byte[] name) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static byte[] rawBytes(Path name) {
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
    return Arrays.copyOf(bytes.array(), bytes.position());
  }

  private static String escaped(byte[] name) {
    var escaped = new StringBuilder();
    for (byte one : name) {
      char letter = (char) (one & 0xff);
      boolean plain =
          letter < 128 && (Character.isLetterOrDigit(letter) || UNRESERVED.indexOf(letter) >= 0);
      escaped.append(plain ? String.valueOf(letter) : "%%%02X".formatted(one & 0xff));
    }
    return escaped.toString();
  }
}
