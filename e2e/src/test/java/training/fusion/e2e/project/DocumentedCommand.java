package training.fusion.e2e.project;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A command that a page tells its reader to give: in a block for the shell, in an indented block
 * that begins with a program, or within a line, where at least two words follow the program's name
 * (with fewer it is the name of a command, as in "what {@code kubectl get} shows").
 *
 * @param line where it begins, from 1
 * @param text as it is given to a shell, over several lines where it has them
 */
record DocumentedCommand(String page, int line, String text) {
  private static final String PROGRAM =
      "(?:kubectl|helm|flux|mvn|java|keytool|export|mkdir|cat|git|\\./fusion|e2e/[a-z]+) ";

  private static final Pattern WITHIN_A_LINE = Pattern.compile("`(" + PROGRAM + "[^` ]+ [^`]+)`");
  private static final Pattern INDENTED = Pattern.compile("    (" + PROGRAM + ".+)");
  private static final Pattern HERE_DOCUMENT = Pattern.compile("<<'?(\\w+)'?");

  /** All of a page, in their order. */
  static List<DocumentedCommand> of(Path root, Path page) throws IOException {
    String name = root.relativize(page).toString();
    List<String> lines = Files.readAllLines(page);
    List<DocumentedCommand> commands = new ArrayList<>();
    String fence = "";
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      if (line.startsWith("```")) {
        fence = fence.isEmpty() ? line : "";
      } else if (fence.equals("```sh") ? !line.isBlank() : isIndented(fence, line)) {
        int last = lastLine(lines, i);
        String text = String.join("\n", lines.subList(i, last + 1)).strip();
        commands.add(new DocumentedCommand(name, i + 1, text));
        i = last;
      } else if (fence.isEmpty()) {
        int number = i + 1;
        WITHIN_A_LINE
            .matcher(line)
            .results()
            .forEach(found -> commands.add(new DocumentedCommand(name, number, found.group(1))));
      }
    }
    return commands;
  }

  private static boolean isIndented(String fence, String line) {
    return fence.isEmpty() && INDENTED.matcher(line).matches();
  }

  /** Where a command ends: it goes on after a backslash or pipe, and to a here-document's end. */
  private static int lastLine(List<String> lines, int first) {
    int last = first;
    while (lines.get(last).endsWith("\\") || lines.get(last).endsWith("|")) {
      last++;
    }
    Matcher document = HERE_DOCUMENT.matcher(lines.get(last));
    if (document.find()) {
      while (!lines.get(last).strip().equals(document.group(1))) {
        last++;
      }
    }
    return last;
  }

  @Override
  public String toString() {
    return page + ":" + line + ": " + text.lines().findFirst().orElse("");
  }
}
