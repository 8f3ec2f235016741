package training.fusion.local;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import training.fusion.local.api.EmbeddedApi;

/** The local cluster with {@link SampleData} of 200 images, below one folder. */
record EmbeddedCluster(Path folder, LocalCluster local) implements Cluster {
  static EmbeddedCluster start(Path folder) throws IOException {
    SampleData.write(folder.resolve("data"), 200);
    SampleData.writeOwnNetwork(folder.resolve("data").resolve(LifecycleContract.OWN_NETWORK));
    return new EmbeddedCluster(
        folder,
        new LocalCluster(
            new Installation(Repository.root()),
            folder.resolve("output"),
            Map.of(SampleTraining.DATA, folder.resolve("data")),
            Duration.ofMillis(200),
            sentence -> {}));
  }

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
}
