package training.fusion.e2e.benchmark;

import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ForkJoinPool;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import training.fusion.e2e.cluster.ControlPlane;

/**
 * Other people's pods. They lie on a node that nobody drives, so that they cost the machine nothing
 * but their place in the API server.
 */
final class ForeignPods implements AutoCloseable {
  private static final int CLIENTS = 8;

  private final KubernetesClient client;
  private final String namespace;
  private final Node node;

  ForeignPods(ControlPlane controlPlane, int count) {
    client = controlPlane.client();
    namespace = controlPlane.newNamespace("foreign");
    node =
        client
            .resource(
                new NodeBuilder()
                    .withNewMetadata()
                    .withName(namespace)
                    .endMetadata()
                    .withNewSpec()
                    .withUnschedulable(true)
                    .endSpec()
                    .build())
            .create();
    inParallel(count, i -> client.resource(pod("foreign-" + i)).create());
  }

  private Pod pod(String name) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .addToLabels("app.kubernetes.io/managed-by", "somebody-else")
        .endMetadata()
        .withNewSpec()
        .withNodeName(node.getMetadata().getName())
        .addNewToleration()
        .withOperator("Exists")
        .endToleration()
        .addNewContainer()
        .withName("main")
        .withImage("example.test/main:1")
        .endContainer()
        .endSpec()
        .build();
  }

  /** Does it for each number from 0 on, as several clients would. */
  static void inParallel(int count, IntConsumer work) {
    var pool = new ForkJoinPool(CLIENTS);
    try {
      pool.submit(() -> IntStream.range(0, count).parallel().forEach(work)).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } finally {
      pool.shutdown();
    }
  }

  @Override
  public void close() {
    client.resource(node).delete();
    client.namespaces().withName(namespace).delete();
  }
}
