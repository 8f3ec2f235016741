package training.fusion.api.validation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.representer.Representer;

/**
 * Reads YAML or JSON and gives the values that kubectl gives: {@code 1e-4} is a number and {@code
 * on} is true. Any number of documents; a key that stands twice in a mapping is refused.
 */
public final class ResourceReader {
  private static final int LONGEST = 3 * 1024 * 1024;

  private ResourceReader() {}

  /**
   * The resources of a file, empty documents left out.
   *
   * @throws UnreadableResource if the file is no YAML, or a document in it is no object
   * @throws IOException if the file cannot be read
   */
  public static List<Resource> read(Path file) throws IOException {
    return read(file.toString(), Files.readString(file));
  }

  /**
   * The resources of a text.
   *
   * @param source what to call the text in messages
   * @throws UnreadableResource if it is no YAML, or a document in it is no object
   */
  public static List<Resource> read(String source, String text) {
    List<Resource> resources = new ArrayList<>();
    try {
      for (Node document : yaml().composeAll(new StringReader(text))) {
        var reader = new DocumentReader(source);
        var value = reader.read(document);
        if (value instanceof ObjectNode object) {
          resources.add(new Resource(source, object, reader.positions()));
        } else if (!value.isNull()) {
          throw new UnreadableResource(
              source, Position.of(document), "a resource is an object with fields, not " + value);
        }
      }
    } catch (MarkedYAMLException e) {
      throw new UnreadableResource(
          source, Position.of(e.getProblemMark()), "not valid YAML: " + e.getProblem(), e);
    } catch (YAMLException e) {
      throw new UnreadableResource(
          source, new Position(1, 1), "not valid YAML: " + e.getMessage(), e);
    }
    return resources;
  }

  /**
   * A value alone, such as {@code 1e-4} or {@code {type: Adam}}.
   *
   * @param source what to call it in messages
   * @throws UnreadableResource if it is no YAML
   */
  static JsonNode value(String source, String text) {
    try {
      return new DocumentReader(source).read(yaml().compose(new StringReader(text)));
    } catch (MarkedYAMLException e) {
      throw new UnreadableResource(
          source, Position.of(e.getProblemMark()), "not valid YAML: " + e.getProblem(), e);
    }
  }

  private static Yaml yaml() {
    var options = new LoaderOptions();
    options.setCodePointLimit(LONGEST);
    var dumper = new DumperOptions();
    return new Yaml(
        new SafeConstructor(options), new Representer(dumper), dumper, options, new PlainScalars());
  }
}
