package training.fusion.console;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a person reads.
 *
 * @param stream what is written to
 * @param live whether lines can be written over: a terminal, not a file or pipe
 * @param colour whether colours are wanted
 * @param size columns and lines
 */
public record Terminal(PrintStream stream, boolean live, boolean colour, Size size) {

  /**
   * Of a terminal; never less than anything can be shown in.
   *
   * @param width columns
   * @param height lines
   */
  public record Size(int width, int height) {
    private static final Size DEFAULT = new Size(100, 24);

    public Size {
      width = Math.max(40, width);
      height = Math.max(5, height);
    }

    /** From two numbers as text; what is none is as usual. */
    public static Size of(String width, String height) {
      return new Size(number(width, DEFAULT.width), number(height, DEFAULT.height));
    }

    private static int number(String text, int absent) {
      return text.matches("[0-9]{1,4}") && Integer.parseInt(text) > 0
          ? Integer.parseInt(text)
          : absent;
    }
  }

  /**
   * Standard output or standard error, as the script found them: whether a stream is a terminal
   * can't be asked from Java.
   *
   * @param environment FUSION_TERMINAL holds the numbers of the streams that are terminals, COLUMNS
   *     and LINES their size; NO_COLOR and TERM are as everywhere
   */
  public static Terminal of(boolean error, Map<String, String> environment) {
    return of(error ? System.err : System.out, error, environment);
  }

  /** As {@link #of(boolean, Map)}, written to by another stream that leads there. */
  public static Terminal of(PrintStream stream, boolean error, Map<String, String> environment) {
    String dumb = environment.getOrDefault("TERM", "dumb");
    boolean live =
        environment.getOrDefault("FUSION_TERMINAL", "").contains(error ? "2" : "1")
            && !dumb.equals("dumb");
    boolean colour = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(
        new PrintStream(stream, true, StandardCharsets.UTF_8),
        live,
        colour,
        Size.of(environment.getOrDefault("COLUMNS", ""), environment.getOrDefault("LINES", "")));
  }

  /** The same, of another size. */
  public Terminal resized(Size now) {
    return new Terminal(stream, live, colour, now);
  }

  /** The text in a colour of SGR, such as 32 for green; as it is where no colours are wanted. */
  String coloured(String text, int code) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
