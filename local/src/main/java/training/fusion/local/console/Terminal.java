package training.fusion.local.console;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * Where a person reads.
 *
 * @param stream what is written to
 * @param live whether lines can be written over: a terminal, not a file or pipe
 * @param colour whether colours are wanted
 * @param width columns
 * @param height lines
 */
public record Terminal(PrintStream stream, boolean live, boolean colour, int width, int height) {
  private static final int DEFAULT_WIDTH = 100;
  private static final int SMALLEST_WIDTH = 40;
  private static final int DEFAULT_HEIGHT = 24;
  private static final int SMALLEST_HEIGHT = 5;

  /**
   * Standard output or standard error, as the script found them: whether a stream is a terminal
   * can't be asked from Java.
   *
   * @param environment FUSION_TERMINAL holds the numbers of the streams that are terminals, COLUMNS
   *     and LINES their size; NO_COLOR and TERM are as everywhere
   */
  public static Terminal of(boolean error, Map<String, String> environment) {
    String dumb = environment.getOrDefault("TERM", "dumb");
    boolean live =
        environment.getOrDefault("FUSION_TERMINAL", "").contains(error ? "2" : "1")
            && !dumb.equals("dumb");
    boolean colour = live && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(
        new PrintStream(error ? System.err : System.out, true, StandardCharsets.UTF_8),
        live,
        colour,
        size(environment.getOrDefault("COLUMNS", ""), DEFAULT_WIDTH, SMALLEST_WIDTH),
        size(environment.getOrDefault("LINES", ""), DEFAULT_HEIGHT, SMALLEST_HEIGHT));
  }

  private static int size(String text, int absent, int smallest) {
    return text.matches("[0-9]{1,4}") && Integer.parseInt(text) > 0
        ? Math.max(smallest, Integer.parseInt(text))
        : absent;
  }

  /** The text in a colour of SGR, such as 32 for green; as it is where no colours are wanted. */
  String coloured(String text, int code) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
