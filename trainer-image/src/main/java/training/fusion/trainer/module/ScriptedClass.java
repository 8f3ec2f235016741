package training.fusion.trainer.module;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the text of a class in a TorchScript file says, read without running it.
 *
 * @param name qualified, as {@code __torch__.torch.nn.modules.linear.Linear}
 * @param parameters attributes that are trained
 * @param buffers attributes that are saved and not trained
 * @param forward null: it has none
 */
record ScriptedClass(
    String name, List<String> parameters, List<String> buffers, @Nullable Forward forward) {

  /**
   * The method that computes.
   *
   * @param required arguments without a default, with their types, in order
   * @param optional names of the others
   * @param returns its type
   */
  record Forward(Map<String, String> required, List<String> optional, String returns) {}

  private static final Pattern CLASS = Pattern.compile("(?m)^class (\\w+)\\(Module\\):\n");
  private static final Pattern FORWARD =
      Pattern.compile("(?ms)^  def forward\\(\\w+: [\\w.]+((?:,\\s+.*?)?)\\) -> ([^\n]+):$");
  private static final Pattern ARGUMENT = Pattern.compile("(\\w+): ((?:\\w|[.\\[\\], ])+?)(=.*)?");
  private static final Pattern NAME = Pattern.compile("\"([^\"]*)\"");

  /**
   * The classes of a file of code.
   *
   * @param path within the code's folder, as {@code __torch__/torch/nn/modules/linear.py}
   */
  static List<ScriptedClass> in(String path, String text) {
    String module = path.replaceFirst("\\.py$", "").replace('/', '.');
    List<ScriptedClass> classes = new ArrayList<>();
    Matcher begins = CLASS.matcher(text);
    while (begins.find()) {
      int end = text.indexOf("\nclass ", begins.end() - 1);
      String body = text.substring(begins.end(), end < 0 ? text.length() : end + 1);
      classes.add(
          new ScriptedClass(
              module + "." + begins.group(1),
              names(body, "__parameters__"),
              names(body, "__buffers__"),
              forward(body)));
    }
    return classes;
  }

  private static List<String> names(String body, String list) {
    Matcher line = Pattern.compile("(?m)^  " + list + " = \\[(.*)\\]$").matcher(body);
    List<String> names = new ArrayList<>();
    if (line.find()) {
      Matcher name = NAME.matcher(line.group(1));
      while (name.find()) {
        names.add(name.group(1));
      }
    }
    return List.copyOf(names);
  }

  private static @Nullable Forward forward(String body) {
    Matcher method = FORWARD.matcher(body);
    if (!method.find()) {
      return null;
    }
    Map<String, String> required = new LinkedHashMap<>();
    List<String> optional = new ArrayList<>();
    for (String argument : method.group(1).split(",\n", -1)) {
      Matcher parts = ARGUMENT.matcher(argument.strip());
      if (parts.matches()) {
        if (parts.group(3) == null) {
          required.put(parts.group(1), parts.group(2));
        } else {
          optional.add(parts.group(1));
        }
      }
    }
    return new Forward(required, List.copyOf(optional), method.group(2));
  }

  /** The class without its module. */
  String simpleName() {
    return name.substring(name.lastIndexOf('.') + 1);
  }
}
