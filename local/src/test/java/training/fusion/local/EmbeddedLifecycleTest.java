package training.fusion.local;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("A training's life on the embedded API")
class EmbeddedLifecycleTest extends LifecycleContract {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  static Path folder;

  @Override
  protected Cluster start() throws IOException {
    return EmbeddedCluster.start(folder);
  }
}
