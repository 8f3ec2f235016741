package training.fusion.e2e.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.Probe;
import training.fusion.e2e.operator.ShippedOperator;

/**
 * Kueue itself, as a process beside a control plane of its own. It is installed as it is shipped,
 * but that webhooks are reached by an address, and that only those for Jobs and its own kinds are
 * there.
 */
final class Kueue implements AutoCloseable {
  private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());
  private static final Set<String> GROUPS = Set.of("kueue.x-k8s.io", "batch");

  /** Kinds whose versions it converts. */
  private static final Set<String> CONVERTED =
      Set.of("localqueues", "clusterqueues", "cohorts", "workloads", "multikueueclusters");

  private final ControlPlane controlPlane;
  private final Process process;

  private Kueue(ControlPlane controlPlane, Process process) {
    this.controlPlane = controlPlane;
    this.process = process;
  }

  static boolean isBuilt() {
    return ControlPlane.script(null, "kueue", "build", "--check").exitCode() == 0;
  }

  /** Starts it, with two simulated nodes of eight GPUs each. */
  static Kueue start() {
    ControlPlane controlPlane = ControlPlane.start("kueue", "--kwok", "2").withCustomResources();
    try {
      int webhooks = ShippedOperator.freePort();
      int health = ShippedOperator.freePort();
      for (List<ObjectNode> objects : definitions(controlPlane, webhooks)) {
        StringBuilder all = new StringBuilder();
        for (ObjectNode object : objects) {
          all.append(YAML.writeValueAsString(object));
        }
        Kubectl.succeeded(
            controlPlane.kubectl(all.toString(), "apply", "--server-side", "-f", "-"));
      }
      Kubectl.succeeded(
          controlPlane.kubectl(
              null, "wait", "--for=condition=Established", "--timeout=60s", "crd", "--all"));
      Process process =
          controlPlane.clusterInBackground(
              "kueue", "run", String.valueOf(webhooks), String.valueOf(health));
      URI ready = URI.create("http://127.0.0.1:" + health + "/readyz");
      if (!eventually(() -> Probe.isOk(ready), ok -> ok)) {
        throw new IllegalStateException("Kueue did not get ready: see target/kueue-logs/kueue.log");
      }
      return new Kueue(controlPlane, process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ControlPlane controlPlane() {
    return controlPlane;
  }

  /** Definitions first, then webhooks. */
  private static List<List<ObjectNode>> definitions(ControlPlane controlPlane, int port)
      throws IOException {
    Path folder =
        Path.of(Kubectl.succeeded(ControlPlane.script(null, "kueue", "definitions")).strip());
    Path authority = controlPlane.kubeconfig().resolveSibling("pki").resolve("ca.crt");
    String bundle = Base64.getEncoder().encodeToString(Files.readAllBytes(authority));
    String address = "https://127.0.0.1:" + port;
    List<ObjectNode> kinds = new ArrayList<>();
    List<ObjectNode> webhooks = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(it -> it.toString().endsWith(".yaml")).sorted().toList()) {
        for (ObjectNode object : objects(file)) {
          if (object.path("kind").asText().equals("CustomResourceDefinition")) {
            kinds.add(converted(object, address, bundle));
          } else {
            webhooks.add(reached(object, address, bundle));
          }
        }
      }
    }
    return List.of(kinds, webhooks);
  }

  private static List<ObjectNode> objects(Path file) throws IOException {
    try (var reader = Files.newBufferedReader(file, UTF_8);
        var values = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(reader)) {
      return values.readAll();
    }
  }

  private static ObjectNode converted(ObjectNode kind, String address, String bundle) {
    if (CONVERTED.contains(kind.at("/spec/names/plural").asText())) {
      ObjectNode webhook =
          kind.withObject("/spec/conversion").put("strategy", "Webhook").putObject("webhook");
      webhook.putArray("conversionReviewVersions").add("v1");
      client(webhook.putObject("clientConfig"), address + "/convert", bundle);
    }
    return kind;
  }

  private static ObjectNode reached(ObjectNode configuration, String address, String bundle) {
    ArrayNode kept = YAML.createArrayNode();
    for (JsonNode webhook : configuration.get("webhooks")) {
      if (GROUPS.contains(webhook.at("/rules/0/apiGroups/0").asText())) {
        String path = webhook.at("/clientConfig/service/path").asText();
        client(((ObjectNode) webhook).putObject("clientConfig"), address + path, bundle);
        kept.add(webhook);
      }
    }
    configuration.set("webhooks", kept);
    ObjectNode metadata = configuration.withObject("/metadata");
    metadata.put("name", "kueue-" + metadata.get("name").asText());
    return configuration;
  }

  private static void client(ObjectNode configuration, String address, String bundle) {
    configuration.put("url", address).put("caBundle", bundle);
  }

  @Override
  public void close() throws IOException {
    process.getOutputStream().close(); // the script then ends Kueue
    process.onExit().join();
    controlPlane.close();
  }
}
