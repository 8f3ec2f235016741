package training.fusion.trainer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.function.IntSupplier;

/**
 * What a command of this process has ended with, and what it wrote to the log meanwhile.
 *
 * @param text all lines of the log
 */
public record Logged(int code, String text) {
  public static Logged during(IntSupplier command) {
    var log = new ByteArrayOutputStream();
    PrintStream before = System.err;
    System.setErr(new PrintStream(log, true, UTF_8));
    try {
      int code = command.getAsInt();
      return new Logged(code, log.toString(UTF_8));
    } finally {
      System.setErr(before);
    }
  }

  /** The errors among them, without what the log puts before each. */
  public String errors() {
    return String.join(
        "\n",
        text.lines()
            .filter(line -> line.contains("ERROR "))
            .map(line -> line.replaceFirst(".*ERROR ", ""))
            .toList());
  }
}
