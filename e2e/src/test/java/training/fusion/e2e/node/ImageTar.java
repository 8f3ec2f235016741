package training.fusion.e2e.node;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/**
 * An image as the build left it, in the form of {@code docker save}.
 *
 * @param names what it is called
 * @param configuration user, entry point, environment, labels
 * @param layers from the base up
 */
record ImageTar(List<String> names, JsonNode configuration, List<Layer> layers) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SMALL = 1 << 20;

  /**
   * A layer.
   *
   * @param compressedBytes what a push sends
   * @param files the names of its files
   * @param texts the contents of those that are JSON
   */
  record Layer(long compressedBytes, Set<String> files, Map<String, byte[]> texts) {
    boolean has(String pattern) {
      return files.stream().anyMatch(file -> file.matches(pattern));
    }
  }

  static ImageTar read(Path tar) throws IOException {
    Map<String, byte[]> small = new LinkedHashMap<>();
    Map<String, Layer> layers = new LinkedHashMap<>();
    try (var archive = new TarArchiveInputStream(Files.newInputStream(tar))) {
      for (var entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
        if (entry.getName().endsWith(".tar.gz")) {
          layers.put(entry.getName(), layer(entry.getSize(), archive));
        } else if (entry.getSize() < SMALL) {
          small.put(entry.getName(), archive.readAllBytes());
        }
      }
    }
    JsonNode manifest = JSON.readTree(small.get("manifest.json")).get(0);
    return new ImageTar(
        texts(manifest.get("RepoTags")),
        JSON.readTree(small.get(manifest.get("Config").asText())).get("config"),
        texts(manifest.get("Layers")).stream()
            .map(name -> Objects.requireNonNull(layers.get(name), name))
            .toList());
  }

  private static Layer layer(long bytes, InputStream compressed) throws IOException {
    Map<String, byte[]> texts = new LinkedHashMap<>();
    List<String> files = new ArrayList<>();
    // not closed: the archive around it goes on
    var layer = new TarArchiveInputStream(new GZIPInputStream(compressed));
    for (TarArchiveEntry entry = layer.getNextEntry();
        entry != null;
        entry = layer.getNextEntry()) {
      if (entry.isFile()) {
        files.add(entry.getName());
        if (entry.getName().endsWith(".json")) {
          texts.put(entry.getName(), layer.readAllBytes());
        }
      }
    }
    return new Layer(bytes, Set.copyOf(files), texts);
  }

  /** The JSON file of this name, in whatever layer. */
  JsonNode json(String file) throws IOException {
    for (Layer layer : layers) {
      if (layer.texts().containsKey(file)) {
        return JSON.readTree(new ByteArrayInputStream(layer.texts().get(file)));
      }
    }
    throw new AssertionError("no " + file + " in " + names);
  }

  /** All files whose names are so. */
  Set<String> files(String pattern) {
    return layers.stream()
        .flatMap(layer -> layer.files().stream())
        .filter(file -> file.matches(pattern))
        .collect(Collectors.toSet());
  }

  private static List<String> texts(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
  }
}
