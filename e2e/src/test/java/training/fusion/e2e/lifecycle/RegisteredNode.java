package training.fusion.e2e.lifecycle;

import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.NodeConditionBuilder;
import io.fabric8.kubernetes.api.model.NodeStatus;
import io.fabric8.kubernetes.api.model.NodeStatusBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** This machine in the API server's list of nodes: ready, and saying so as long as it is open. */
final class RegisteredNode implements AutoCloseable {
  private static final Map<String, Quantity> CAPACITY =
      Map.of("cpu", new Quantity("16"), "memory", new Quantity("64Gi"), "pods", new Quantity("20"));
  private static final int HEARTBEAT_SECONDS = 10; // a kubelet's; after 40 a node counts as lost

  private final KubernetesClient client;
  private final String name;
  private final String since = now();
  private final ScheduledExecutorService heart =
      Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "heartbeat"));

  RegisteredNode(KubernetesClient client, String name) {
    this.client = client;
    this.name = name;
    client
        .resource(
            new NodeBuilder()
                .withNewMetadata()
                .withName(name)
                .addToLabels("kubernetes.io/hostname", name)
                .addToLabels("kubernetes.io/os", "linux")
                .endMetadata()
                .build())
        .create();
    beat();
    var unused =
        heart.scheduleAtFixedRate(
            this::beat, HEARTBEAT_SECONDS, HEARTBEAT_SECONDS, TimeUnit.SECONDS);
  }

  /** A merge patch, which others' writes to the node cannot make fail. */
  private void beat() {
    NodeStatus status =
        new NodeStatusBuilder()
            .withCapacity(CAPACITY)
            .withAllocatable(CAPACITY)
            .withConditions(
                new NodeConditionBuilder()
                    .withType("Ready")
                    .withStatus("True")
                    .withReason("ProcessNodeReady")
                    .withLastTransitionTime(since)
                    .withLastHeartbeatTime(now())
                    .build())
            .build();
    client
        .nodes()
        .withName(name)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(Map.of("status", status)));
  }

  private static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }

  @Override
  public void close() {
    heart.shutdownNow();
    client.nodes().withName(name).delete();
  }
}
