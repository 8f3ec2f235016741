package training.fusion.e2e.benchmark;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.operator.ShippedOperator;

/**
 * What Kubeflow Trainer and JobSet need in a cluster where they run as processes of this machine:
 * their own manifests, with webhooks that are reached by URL. {@code benchmarks/run} leaves
 * binaries, manifests and certificates in {@link #BUILT}.
 *
 * @param trainerPort of the trainer's webhooks
 * @param jobSetPort of JobSet's webhooks
 */
@NullUnmarked // as the API server sends it, much may be absent
record KubeflowInstallation(ControlPlane controlPlane, int trainerPort, int jobSetPort) {
  static final Path BUILT = ControlPlane.MODULE.resolveSibling("benchmarks/target/kubeflow");

  private static final Path CERTIFICATES = BUILT.resolve("certificates");
  private static final String SYSTEM = "kubeflow-system";

  /** Where the trainer looks for its certificate, whatever it is told; there is no option. */
  private static final Path TRAINER_CERTIFICATES = Path.of("/tmp/k8s-webhook-server/serving-certs");

  /** The trainer looks for its webhooks by this name. */
  private static final String TRAINER_WEBHOOKS = "validator.trainer.kubeflow.org";

  KubeflowInstallation(ControlPlane controlPlane) throws IOException {
    this(controlPlane, ShippedOperator.freePort(), ShippedOperator.freePort());
  }

  /** JobSet's configuration file: no certificates of its own making, and our port. */
  String jobSetSettings() {
    return """
    apiVersion: config.jobset.x-k8s.io/v1alpha1
    kind: Configuration
    internalCertManagement: {enable: false}
    leaderElection: {leaderElect: false}
    metrics: {bindAddress: "0"}
    webhook: {port: %d, certDir: %s}
    """
        .formatted(jobSetPort, CERTIFICATES);
  }

  /** Applies all of it, anew where it is there already. */
  void install() throws IOException {
    Files.createDirectories(TRAINER_CERTIFICATES);
    Map<String, String> secret = new LinkedHashMap<>();
    for (String name : List.of("ca.crt", "ca.key", "tls.crt", "tls.key")) {
      Path file = CERTIFICATES.resolve(name);
      Path seenByTrainer = TRAINER_CERTIFICATES.resolve(name);
      Files.copy(file, seenByTrainer, StandardCopyOption.REPLACE_EXISTING);
      secret.put(name, base64(file));
    }
    apply(new NamespaceBuilder().withNewMetadata().withName(SYSTEM).endMetadata().build());
    apply(
        new SecretBuilder()
            .withNewMetadata()
            .withName("kubeflow-trainer-webhook-cert")
            .withNamespace(SYSTEM)
            .endMetadata()
            .withData(secret)
            .build());
    for (HasMetadata trainer : manifests("trainer")) {
      apply(reached(trainer, TRAINER_WEBHOOKS, trainerPort));
    }
    for (HasMetadata jobSet : manifests("jobset")) {
      apply(reached(jobSet, "jobset", jobSetPort));
    }
    Kubectl.succeeded(
        controlPlane.kubectl(
            null, "wait", "--for=condition=Established", "--timeout=30s", "crd", "--all"));
  }

  private List<HasMetadata> manifests(String folder) throws IOException {
    KubernetesClient client = controlPlane.client();
    try (var files = Files.list(BUILT.resolve("manifests").resolve(folder))) {
      return files.sorted().flatMap(file -> load(client, file).stream()).toList();
    }
  }

  private static List<HasMetadata> load(KubernetesClient client, Path file) {
    try (InputStream content = Files.newInputStream(file)) {
      return client.load(content).items();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void apply(HasMetadata object) {
    controlPlane.client().resource(object).forceConflicts().serverSideApply();
  }

  /** The same, and webhooks under this name, at this port of this machine. */
  private static HasMetadata reached(HasMetadata object, String name, int port) throws IOException {
    if (object instanceof ValidatingWebhookConfiguration validating) {
      validating.getMetadata().setName(name);
      for (var webhook : validating.getWebhooks()) {
        reach(webhook.getClientConfig(), port);
        webhook.setObjectSelector(podsOfJobSets(webhook.getName(), webhook.getObjectSelector()));
      }
    }
    if (object instanceof MutatingWebhookConfiguration mutating) {
      mutating.getMetadata().setName(name);
      for (var webhook : mutating.getWebhooks()) {
        reach(webhook.getClientConfig(), port);
        webhook.setObjectSelector(podsOfJobSets(webhook.getName(), webhook.getObjectSelector()));
      }
    }
    return object;
  }

  private static void reach(WebhookClientConfig webhook, int port) throws IOException {
    webhook.setUrl("https://127.0.0.1:" + port + webhook.getService().getPath());
    webhook.setService(null);
    webhook.setCaBundle(base64(CERTIFICATES.resolve("ca.crt")));
  }

  /** JobSet's webhooks for pods, for its own alone: others' would fail when it is not running. */
  private static LabelSelector podsOfJobSets(String webhook, LabelSelector selector) {
    return webhook.endsWith("pod.kb.io")
        ? new LabelSelectorBuilder()
            .addNewMatchExpression()
            .withKey("jobset.sigs.k8s.io/jobset-name")
            .withOperator("Exists")
            .endMatchExpression()
            .build()
        : selector;
  }

  private static String base64(Path file) throws IOException {
    return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
  }
}
