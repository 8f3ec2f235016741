package training.fusion.e2e.node;

import static training.fusion.e2e.cluster.Kubectl.succeeded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.ControlPlane.Output;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.installation.Installed;

/**
 * A control plane with one node of containerd and kubelet, on which the operator of {@code
 * deploy/overlays/namespace} runs; all images are those that this build made.
 */
final class RealNode implements AutoCloseable {
  /** The namespace of operator and trainings, as the overlay says. */
  static final String NAMESPACE = "fusion-training";

  /** The node's name. */
  static final String NODE = "node-0";

  private static final Path TARGET = ControlPlane.MODULE.resolve("target");
  private static final Path VOLUMES = TARGET.resolve("real-node-volumes");
  private static final Path REPOSITORY = ControlPlane.MODULE.resolve("..").normalize();

  /** The images as the build left them. */
  static final Path OPERATOR = REPOSITORY.resolve("operator/target/fusion-training-operator.tar");

  static final Path TRAINER = REPOSITORY.resolve("trainer-image/target/fusion-trainer.tar");

  private final ControlPlane controlPlane;

  private RealNode(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
  }

  /** What has to be there or be done before there can be one; empty: nothing. */
  static Optional<String> missing() {
    if (System.getProperty("images") == null) {
      return Optional.of("with -Pimages they run, on the images that it builds (docs/images.md)");
    }
    Output checked = ControlPlane.script(null, "up", "--node", "--check");
    return checked.exitCode() == 0 ? Optional.empty() : Optional.of(checked.text().strip());
  }

  /** Starts it and waits for the operator. */
  static RealNode start() {
    var node = new RealNode(ControlPlane.start("real-node", "--node"));
    try {
      succeeded(node.controlPlane.cluster("import", OPERATOR.toString(), TRAINER.toString()));
      node.controlPlane.withCustomResources();
      node.install();
      node.volume("fashion-mnist");
      node.volume("checkpoints");
      node.kubectl().ok("rollout", "status", "deployment/" + Installed.NAME, "--timeout=120s");
      return node;
    } catch (RuntimeException | Error e) {
      node.close();
      throw e;
    }
  }

  /**
   * The overlay as it is, but for the address of reports: no kube-proxy runs here, so that Services
   * have no address, and each replica gives its own.
   */
  private void install() {
    Path folder = TARGET.resolve("deploy/real-node");
    write(
        folder.resolve("kustomization.yaml"),
        """
        resources: [%s]
        patches:
        - patch: |
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: %s, namespace: %s}
            spec:
              template:
                spec:
                  containers:
                  - name: operator
                    env:
                    - name: POD_IP
                      valueFrom: {fieldRef: {fieldPath: status.podIP}}
                    - {name: FUSION_PROGRESS_ADDRESS, value: "http://$(POD_IP):8080/v1/progress"}
        """
            .formatted(
                folder.relativize(REPOSITORY.resolve("deploy/overlays/namespace")),
                Installed.NAME,
                NAMESPACE));
    succeeded(controlPlane.kubectl(null, "create", "namespace", NAMESPACE));
    String restricted = "pod-security.kubernetes.io/enforce=restricted";
    succeeded(controlPlane.kubectl(null, "label", "namespace", NAMESPACE, restricted));
    succeeded(controlPlane.kubectl(null, "apply", "-k", folder.toString()));
  }

  /** A folder of the node for a claim of this name: what a storage class does elsewhere. */
  private void volume(String claim) {
    Path folder = VOLUMES.resolve(claim);
    try {
      clear(folder);
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String volume =
        """
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: %1$s}
        spec:
          capacity: {storage: 5Gi}
          accessModes: [ReadWriteOnce]
          claimRef: {namespace: %2$s, name: %1$s}
          local: {path: %3$s}
          nodeAffinity:
            required:
              nodeSelectorTerms:
              - matchExpressions: [{key: kubernetes.io/hostname, operator: In, values: [%4$s]}]
        """
            .formatted(claim, NAMESPACE, folder, NODE);
    succeeded(controlPlane.kubectl(volume, "apply", "-f", "-"));
  }

  ControlPlane controlPlane() {
    return controlPlane;
  }

  /** A kubectl in the trainings' namespace. */
  Kubectl kubectl() {
    return new Kubectl(controlPlane, NAMESPACE);
  }

  /** A run's folder on the volume of the claim {@code checkpoints}. */
  Path run(String key) {
    return VOLUMES.resolve("checkpoints").resolve(key);
  }

  private static void write(Path file, String text) {
    try {
      Files.createDirectories(file.resolveSibling("."));
      Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void clear(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Override
  public void close() {
    controlPlane.close();
    try {
      clear(VOLUMES);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
