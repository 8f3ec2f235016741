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
 */
public record Terminal(PrintStream stream, boolean live, boolean colour, int width) {
  private static final int DEFAULT_WIDTH = 100;
  private static final int SMALLEST_WIDTH = 40;

  /**
   * Standard output or standard error, as the script found them: whether a stream is a terminal
   * can't be asked from Java.
   *
   * @param environment FUSION_TERMINAL holds the numbers of the streams that are terminals, COLUMNS
   *     their width; NO_COLOR and TERM are as everywhere
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
        width(environment.getOrDefault("COLUMNS", "")));
  }

  private static int width(String columns) {
    return columns.matches("[0-9]{1,4}") && Integer.parseInt(columns) > 0
        ? Math.max(SMALLEST_WIDTH, Integer.parseInt(columns))
        : DEFAULT_WIDTH;
  }

  /** The text in a colour of SGR, such as 32 for green; as it is where no colours are wanted. */
  String coloured(String text, int code) {
    return colour ? "\u001b[" + code + "m" + text + "\u001b[0m" : text;
  }
}
