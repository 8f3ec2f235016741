package training.fusion.trainer.tensor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** What {@code oracle/tensors.py} had of NumPy, torch and safetensors. */
public final class GoldenTensors {
  private static final Path FILE = Path.of("src/test/golden/tensors.zip");

  private GoldenTensors() {}

  /** Each file's arrays by name; of a refused one words of the refusal. */
  public static JsonNode expected() throws IOException {
    try (var zip = new ZipFile(FILE.toFile());
        InputStream content = zip.getInputStream(zip.getEntry("expected.json"))) {
      return JsonMapper.builder().build().readTree(content);
    }
  }

  static Stream<String> names(String prefix) throws IOException {
    return expected().properties().stream()
        .map(Map.Entry::getKey)
        .filter(name -> name.startsWith(prefix));
  }

  /** Puts all files into a folder. */
  public static void unpack(Path folder) throws IOException {
    try (var zip = new ZipFile(FILE.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) zip.stream().map(ZipEntry.class::cast)::iterator) {
        Path file = folder.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        try (InputStream content = zip.getInputStream(entry)) {
          Files.write(file, content.readAllBytes());
        }
      }
    }
  }
}
