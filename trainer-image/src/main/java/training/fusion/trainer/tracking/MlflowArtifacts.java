package training.fusion.trainer.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import training.fusion.trainer.artifact.RunArtifacts;

/**
 * A run's results among its artifacts. Only those that the server keeps for its clients: where
 * clients are to reach a store themselves, they would need its client and its keys.
 *
 * @param folder of the run's artifacts, below the root of all of them
 */
record MlflowArtifacts(MlflowServer server, String folder) {
  private static final String KEPT_BY_THE_SERVER = "mlflow-artifacts";

  /**
   * Those of a run.
   *
   * @param uri what the server says of where they lie
   * @throws IOException if they lie elsewhere
   */
  static MlflowArtifacts of(MlflowServer server, String uri) throws IOException {
    URI place = URI.create(uri);
    if (!KEPT_BY_THE_SERVER.equals(place.getScheme()) || place.getRawAuthority() != null) {
      throw new IOException(
          "artifacts of this experiment lie in %s, which the server leaves to its clients; start it with --artifacts-destination instead of --default-artifact-root, take an experiment that was made after that, or use artifacts.s3"
              .formatted(place.getScheme() == null ? "a folder" : place.getScheme() + ":"));
    }
    return new MlflowArtifacts(server, place.getRawPath().replaceFirst("^/+", ""));
  }

  /** Sends the files, and sees whether they arrived whole. */
  void send(Path run) throws IOException, InterruptedException {
    List<Path> files = RunArtifacts.all(run);
    for (Path file : files) {
      server.putArtifact(folder + "/" + file.getFileName(), file);
    }
    Map<String, Long> there = new HashMap<>();
    for (JsonNode file : server.artifacts(folder)) {
      there.put(file.path("path").asText(), file.path("file_size").asLong());
    }
    for (Path file : files) {
      String name = String.valueOf(file.getFileName());
      Long size = there.get(name);
      if (size == null || size != Files.size(file)) {
        throw new IOException("%s did not arrive whole among its artifacts".formatted(name));
      }
    }
  }
}
