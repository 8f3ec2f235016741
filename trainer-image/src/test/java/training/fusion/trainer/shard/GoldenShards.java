package training.fusion.trainer.shard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.zip.ZipFile;

/** What {@code oracle/shards.py} had of webdataset and braceexpand. */
final class GoldenShards {
  private static final Path FILE = Path.of("src/test/golden/shards.zip");

  private GoldenShards() {}

  static JsonNode expected() throws IOException {
    return JsonMapper.builder().build().readTree(bytes("expected.json"));
  }

  static byte[] bytes(String name) throws IOException {
    try (var zip = new ZipFile(FILE.toFile());
        InputStream content = zip.getInputStream(zip.getEntry(name))) {
      return content.readAllBytes();
    }
  }
}
