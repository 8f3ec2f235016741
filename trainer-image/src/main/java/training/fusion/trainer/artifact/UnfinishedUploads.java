package training.fusion.trainer.artifact;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import training.fusion.trainer.checkpoint.JsonFile;

/**
 * Uploads in parts that were begun, kept beside the files so that another pod goes on with them.
 */
final class UnfinishedUploads {
  static final String FILE = "artifacts.json";

  private final Path file;
  private final Map<String, Upload> uploads;

  /**
   * One of them.
   *
   * @param sha256 of the file that it was begun for
   */
  record Upload(String id, String sha256) {}

  /** The content of {@link #FILE}, by the objects' addresses. */
  record Kept(Map<String, Upload> uploads) {}

  UnfinishedUploads(Path run) {
    file = run.resolve(FILE);
    uploads =
        new TreeMap<>(
            JsonFile.readOrPassOver(file, Kept.class).map(Kept::uploads).orElseGet(Map::of));
  }

  /** The upload that was begun for the same bytes. */
  Optional<String> find(String address, String sha256) {
    return Optional.ofNullable(uploads.get(address))
        .filter(upload -> upload.sha256.equals(sha256))
        .map(Upload::id);
  }

  /** The upload that was begun for whatever bytes. */
  Optional<String> find(String address) {
    return Optional.ofNullable(uploads.get(address)).map(Upload::id);
  }

  void begun(String address, String id, String sha256) {
    uploads.put(address, new Upload(id, sha256));
    JsonFile.write(file, new Kept(uploads));
  }

  void finished(String address) {
    if (uploads.remove(address) != null) {
      JsonFile.write(file, new Kept(uploads));
    }
  }
}
