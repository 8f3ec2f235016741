package training.fusion.api.validation;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/**
 * The definitions that clusters get, as JSON: a program that has just begun takes a third of a
 * second to read them as YAML, and a tenth of that so.
 */
public final class Definitions {
  /** Its numbers are what {@link ResourceReader} makes of them. */
  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.USE_LONG_FOR_INTS).build();

  private Definitions() {}

  /**
   * A definition.
   *
   * @param plural the plural of its kind, such as {@code fusiontrainings}
   */
  public static JsonNode of(String plural) {
    String file = "/crd/" + plural + ".fusion.training.json";
    try (InputStream stream = Definitions.class.getResourceAsStream(file)) {
      return MAPPER.readTree(Objects.requireNonNull(stream, file));
    } catch (IOException e) {
      throw new UncheckedIOException(file, e);
    }
  }

  /**
   * Writes each YAML file of a folder as JSON beside it; the build does so.
   *
   * @param arguments the folder
   */
  public static void main(String[] arguments) throws IOException {
    try (var files = Files.newDirectoryStream(Path.of(arguments[0]), "*.yaml")) {
      for (Path file : files) {
        JsonNode value =
            ResourceReader.read(file.toString(), Files.readString(file)).get(0).value();
        String name = file.getFileName().toString().replaceFirst("yaml$", "json");
        MAPPER.writeValue(file.resolveSibling(name).toFile(), value);
      }
    }
  }
}
