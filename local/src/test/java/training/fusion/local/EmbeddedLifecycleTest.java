package training.fusion.local;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.local.api.EmbeddedApi;

@DisplayName("A training's life on the embedded API")
class EmbeddedLifecycleTest extends LifecycleContract {
  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  static Path folder;

  @Override
  protected Cluster start() throws IOException {
    SampleData.write(folder.resolve("data"), 200);
    var local =
        new LocalCluster(
            new Installation(Repository.root()),
            folder.resolve("output"),
            Map.of(SampleTraining.DATA, folder.resolve("data")),
            Duration.ofMillis(200),
            sentence -> {});
    return new Cluster() {
      @Override
      public KubernetesClient client() {
        return local.client();
      }

      @Override
      public String namespace() {
        return EmbeddedApi.NAMESPACE;
      }

      @Override
      public Map<String, Long> processes() {
        return local.node().processes();
      }

      @Override
      public Path checkpoints() {
        return folder.resolve("output/volumes").resolve(SampleTraining.CHECKPOINTS);
      }

      @Override
      public void killOperator() {
        ProcessHandle operator = local.operator().handle();
        if (operator != null) {
          operator.destroyForcibly();
        }
      }

      @Override
      public void close() {
        local.close();
      }
    };
  }
}
