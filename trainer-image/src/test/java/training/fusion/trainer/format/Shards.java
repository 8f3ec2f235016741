package training.fusion.trainer.format;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import training.fusion.trainer.data.PictureCopies;
import training.fusion.trainer.source.Archives;

/** Shards for tests. */
public final class Shards {
  private Shards() {}

  /** A tar's bytes, of files with the class {@code label}. */
  public static byte[] tar(String label, List<Path> pictures) throws IOException {
    Map<String, byte[]> members = new LinkedHashMap<>();
    for (Path picture : pictures) {
      String name = requireNonNull(picture.getFileName()).toString();
      members.put(name, Files.readAllBytes(picture));
      members.put(
          name.substring(0, name.indexOf('.')) + ".cls", label.getBytes(StandardCharsets.UTF_8));
    }
    return Archives.tar(members);
  }

  /** Writes a shard of pictures of one class. */
  public static void write(Path file, String label, List<Path> pictures) throws IOException {
    Files.createDirectories(requireNonNull(file.getParent()));
    Files.write(file, tar(label, pictures));
  }

  /** The pictures of {@code oracle/pictures.py} that are files of one kind each, sorted. */
  public static List<Path> pictures() throws IOException {
    try (var files = Files.list(PictureCopies.FOLDER)) {
      return files.filter(file -> !file.toString().endsWith(".json")).sorted().toList();
    }
  }
}
