package training.fusion.trainer.shard;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names that are written in short, as shells and WebDataset expand them: {@code a-{000..002}.tar}
 * is a-000.tar, a-001.tar and a-002.tar; {@code {train,val}/{0..9}.tar} is twenty. Numbers have as
 * many digits as the longer of the two, if one begins with 0; a third says the step. Braces that
 * are neither a range nor a list stand for themselves.
 */
public final class BraceExpansion {
  private static final Pattern NUMBERS =
      Pattern.compile("(-?\\d{1,9})\\.\\.(-?\\d{1,9})(?:\\.\\.(-?\\d{1,9}))?");
  private static final Pattern LETTERS =
      Pattern.compile("([A-Za-z])\\.\\.([A-Za-z])(?:\\.\\.(-?\\d{1,9}))?");

  private final int most;

  private BraceExpansion(int most) {
    this.most = most;
  }

  /** More names than are taken. */
  public static final class TooMany extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooMany(int most) {
      super("stands for more than %d names".formatted(most));
    }
  }

  /**
   * All names, in their order.
   *
   * @throws TooMany if there are more than {@code most}
   */
  public static List<String> of(String pattern, int most) {
    return new BraceExpansion(most).expanded(pattern);
  }

  private List<String> expanded(String text) {
    for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', open + 1)) {
      int close = closing(text, open);
      List<String> inner = close < 0 ? null : alternatives(text.substring(open + 1, close));
      if (inner != null) {
        String before = text.substring(0, open);
        List<String> after = expanded(text.substring(close + 1));
        List<String> all = new ArrayList<>();
        for (String one : inner) {
          for (String rest : after) {
            add(all, before + one + rest);
          }
        }
        return all;
      }
    }
    return List.of(text);
  }

  private void add(List<String> all, String one) {
    if (all.size() == most) {
      throw new TooMany(most);
    }
    all.add(one);
  }

  /** What braces stand for; null: for themselves. */
  private @Nullable List<String> alternatives(String inner) {
    List<String> parts = parts(inner);
    if (parts.size() > 1) {
      List<String> all = new ArrayList<>();
      parts.forEach(part -> expanded(part).forEach(one -> add(all, one)));
      return all;
    }
    Matcher numbers = NUMBERS.matcher(inner);
    if (numbers.matches()) {
      return numbers(numbers.group(1), numbers.group(2), step(numbers.group(3)));
    }
    Matcher letters = LETTERS.matcher(inner);
    if (letters.matches()) {
      return range(
          letters.group(1).charAt(0),
          letters.group(2).charAt(0),
          step(letters.group(3)),
          letter -> String.valueOf((char) letter));
    }
    List<String> nested = expanded(inner);
    return nested.equals(List.of(inner))
        ? null
        : nested.stream().map(one -> "{" + one + "}").toList();
  }

  private static int step(@Nullable String text) {
    return text == null ? 1 : Math.max(1, Math.abs(Integer.parseInt(text)));
  }

  private List<String> numbers(String first, String last, int step) {
    boolean padded = (first + " " + last).matches("(?:.* )?-?0\\d.*");
    int width = padded ? Math.max(first.length(), last.length()) : 0;
    return range(
        Integer.parseInt(first), Integer.parseInt(last), step, number -> padded(number, width));
  }

  private static String padded(int number, int width) {
    String digits = String.valueOf(Math.abs(number));
    String sign = number < 0 ? "-" : "";
    return sign + "0".repeat(Math.max(0, width - sign.length() - digits.length())) + digits;
  }

  private interface Written {
    String of(int number);
  }

  /** Up or down, the last one included if a step meets it. */
  private List<String> range(int first, int last, int step, Written written) {
    List<String> all = new ArrayList<>();
    int sign = first <= last ? 1 : -1;
    for (long next = first; sign * (last - next) >= 0; next += (long) sign * step) {
      add(all, written.of((int) next));
    }
    return all;
  }

  /** Where the brace that opens here is closed; −1: nowhere. */
  private static int closing(String text, int open) {
    int depth = 0;
    for (int i = open; i < text.length(); i++) {
      depth += text.charAt(i) == '{' ? 1 : text.charAt(i) == '}' ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return -1;
  }

  /** Divided at commas that are in no further braces. */
  private static List<String> parts(String inner) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int begin = 0;
    for (int i = 0; i < inner.length(); i++) {
      char letter = inner.charAt(i);
      depth += letter == '{' ? 1 : letter == '}' ? -1 : 0;
      if (letter == ',' && depth == 0) {
        parts.add(inner.substring(begin, i));
        begin = i + 1;
      }
    }
    parts.add(inner.substring(begin));
    return parts;
  }
}
