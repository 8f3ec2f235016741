package training.fusion.e2e.lifecycle;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.cluster.PodTokens;
import training.fusion.e2e.cluster.Volumes;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.local.Cluster;
import training.fusion.local.Installation;
import training.fusion.local.LifecycleContract;
import training.fusion.local.SampleData;
import training.fusion.local.SampleTraining;
import training.fusion.local.node.Claims;
import training.fusion.local.node.NodeSettings;
import training.fusion.local.node.ProcessNode;

/**
 * The contract that the embedded API keeps, kept by Kubernetes itself: its API server, scheduler,
 * Job controller, garbage collector and tokens; pods are processes with the real trainer.
 */
@OnControlPlane
@DisplayName("A training's life on a real control plane")
class ControlPlaneLifecycleTest extends LifecycleContract {
  private final ControlPlane controlPlane;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  static Path folder;

  ControlPlaneLifecycleTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane.withCustomResources();
  }

  @Override
  protected Cluster start() throws IOException {
    String namespace = controlPlane.newNamespace("lifecycle");
    Path data = folder.resolve("data");
    SampleData.write(data, 200);
    SampleData.writeOwnNetwork(data.resolve(OWN_NETWORK));
    Path checkpoints = Files.createDirectories(folder.resolve("checkpoints"));
    var machine = new RegisteredNode(controlPlane.client(), namespace);
    var claims =
        new Claims(
            Map.of(SampleTraining.DATA, data, SampleTraining.CHECKPOINTS, checkpoints),
            folder,
            folder);
    for (String claim : claims.given().keySet()) {
      Volumes.bindOn(controlPlane, namespace, claim, namespace);
    }
    var node = new ProcessNode(controlPlane.client(), settings(namespace, claims));
    var operator =
        new ShippedOperator(
            controlPlane,
            namespace,
            List.of("fusion.trainer.image=local", "fusion.progress.minimum-interval=1s"));
    return new Cluster() {
      @Override
      public KubernetesClient client() {
        return controlPlane.client();
      }

      @Override
      public String namespace() {
        return namespace;
      }

      @Override
      public Map<String, Long> processes() {
        return node.processes();
      }

      @Override
      public Path checkpoints() {
        return checkpoints;
      }

      @Override
      public void killOperator() {
        try {
          operator.kill();
          operator.startAgain();
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }

      @Override
      public void close() {
        operator.close();
        node.close();
        machine.close();
        controlPlane.client().namespaces().withName(namespace).delete();
      }
    };
  }

  private NodeSettings settings(String name, Claims claims) {
    var installation = new Installation(ControlPlane.MODULE.resolve("..").normalize());
    return new NodeSettings(
        name,
        false,
        Runtime.getRuntime().availableProcessors(),
        0,
        installation::trainer,
        installation.environment(),
        claims,
        new PodTokens(controlPlane)::of,
        folder.resolve("logs"),
        folder.resolve("pods"));
  }
}
