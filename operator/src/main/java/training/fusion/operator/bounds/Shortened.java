package training.fusion.operator.bounds;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Texts and lists that are cut where they are too long. */
public final class Shortened {
  private static final String MORE = "…";
  private static final int MORE_BYTES = bytes(MORE);

  private Shortened() {}

  /** The text, or its beginning with an ellipsis: at most so many characters of Unicode. */
  public static String toCharacters(String text, int most) {
    return text.codePointCount(0, text.length()) <= most
        ? text
        : text.substring(0, text.offsetByCodePoints(0, most - 1)) + MORE;
  }

  /** The text, or its beginning with an ellipsis: at most so many bytes of UTF-8. */
  public static String toBytes(String text, int most) {
    return bytes(text) <= most ? text : text.substring(0, endOf(text, 0, most - MORE_BYTES)) + MORE;
  }

  /** The text in pieces of at most so many bytes of UTF-8 each, cut between characters. */
  public static List<String> intoPieces(String text, int most) {
    List<String> pieces = new ArrayList<>();
    int start = 0;
    do {
      int end = endOf(text, start, most);
      pieces.add(text.substring(start, end));
      start = end;
    } while (start < text.length());
    return List.copyOf(pieces);
  }

  /** The list, or so many of it, evenly spaced; the last one is always there. */
  public static <T> List<T> thinned(List<T> list, int most) {
    if (list.size() <= most) {
      return list;
    }
    List<T> some = new ArrayList<>(most);
    for (long i = 1; i <= most; i++) {
      some.add(list.get((int) (i * list.size() / most) - 1));
    }
    return List.copyOf(some);
  }

  /** Where the longest piece ends that begins at start and has at most so many bytes. */
  private static int endOf(String text, int start, int most) {
    int end = start;
    int size = 0;
    while (end < text.length()) {
      int character = text.codePointAt(end);
      size += bytesOf(character);
      if (size > most) {
        break;
      }
      end += Character.charCount(character);
    }
    return end;
  }

  private static int bytesOf(int character) {
    if (character < 0x80) {
      return 1;
    }
    if (character < 0x800) {
      return 2;
    }
    return character < 0x10000 ? 3 : 4;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
