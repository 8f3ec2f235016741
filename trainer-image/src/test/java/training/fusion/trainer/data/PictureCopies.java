package training.fusion.trainer.data;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Class folders for tests, of pictures of many kinds. */
public final class PictureCopies {
  /** Where the pictures are. */
  public static final Path FOLDER = Path.of("src/test/golden/pictures");

  private PictureCopies() {}

  /** Writes the first pictures of {@code oracle/pictures.py} into a folder. */
  public static void write(Path folder, int pictures) throws IOException {
    Files.createDirectories(folder);
    try (var files = Files.list(FOLDER)) {
      var chosen =
          files.filter(f -> !f.toString().endsWith(".json")).sorted().limit(pictures).toList();
      for (Path file : chosen) {
        Files.copy(file, folder.resolve(requireNonNull(file.getFileName())));
      }
    }
  }
}
