package training.fusion.e2e.queue;

import static java.nio.charset.StandardCharsets.UTF_8;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import training.fusion.e2e.cluster.ControlPlane;

/**
 * Not Kueue, which takes long to build and has no other cluster here, but what Kueue's
 * documentation says that it does to Jobs with the label {@code kueue.x-k8s.io/queue-name}: a
 * webhook suspends them when they are made; admission writes a flavor's node selector into the pod
 * template and lets them go in the same update; preemption suspends them again, and takes the start
 * time away, without which the API server would not let the pod template be put back.
 */
final class KueueStandIn implements AutoCloseable {
  /** Names the queue that a Job waits in. */
  static final String QUEUE = "kueue.x-k8s.io/queue-name";

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Who runs, in another cluster, the Jobs of the queue {@link #OTHER_CLUSTER}. */
  static final String MULTI_KUEUE = "kueue.x-k8s.io/multikueue";

  static final String OTHER_CLUSTER = "other-cluster";

  private static final String SUSPEND =
      "{\"op\":\"add\",\"path\":\"/spec/suspend\",\"value\":true}";
  private static final String HAND_OVER =
      "{\"op\":\"add\",\"path\":\"/spec/managedBy\",\"value\":\"%s\"}".formatted(MULTI_KUEUE);

  private final KubernetesClient client;
  private final String namespace;
  private final HttpsServer server;
  private final MutatingWebhookConfiguration webhook;

  KueueStandIn(ControlPlane controlPlane, String namespace) throws IOException {
    client = controlPlane.client();
    this.namespace = namespace;
    // the API server's own certificate is for this address too
    Path keys = controlPlane.kubeconfig().resolveSibling("pki");
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(tls(keys.resolve("kube-apiserver"))));
    server.createContext("/mutate", KueueStandIn::suspend);
    server.start();
    webhook = webhook(Files.readAllBytes(keys.resolve("ca.crt")));
    client.resource(webhook).create();
  }

  /** The Job may run where these labels are. */
  void admit(Job job, Map<String, String> nodeSelector) {
    merge(
        resource(job),
        Map.of(
            "spec",
            Map.of(
                "suspend",
                false,
                "template",
                Map.of("spec", Map.of("nodeSelector", nodeSelector)))));
  }

  /** The Job has to make room; returns when its pods have. */
  void preempt(Job job) {
    merge(resource(job), Map.of("spec", Map.of("suspend", true)));
    eventually(() -> resource(job).get(), KueueStandIn::isIdle);
    resource(job)
        .subresource("status")
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"status\":{\"startTime\":null}}");
    merge(resource(job), "{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":null}}}}");
  }

  /** The Job's pod runs in another cluster. */
  void runElsewhere(Job job) {
    merge(resource(job), Map.of("spec", Map.of("suspend", false)));
    status(job, Map.of("active", 1, "startTime", job.getMetadata().getCreationTimestamp()));
  }

  /** It has succeeded there. */
  void completeElsewhere(Job job) {
    String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    status(
        job,
        Map.of(
            "active",
            0,
            "succeeded",
            1,
            "completionTime",
            now,
            "conditions",
            Stream.of("SuccessCriteriaMet", "Complete")
                .map(type -> Map.of("type", type, "status", "True", "lastTransitionTime", now))
                .toList()));
  }

  private void status(Job job, Map<String, ?> change) {
    resource(job)
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE), Serialization.asJson(Map.of("status", change)));
  }

  private Resource<Job> resource(Job job) {
    return client.batch().v1().jobs().inNamespace(namespace).withName(job.getMetadata().getName());
  }

  private static boolean isIdle(Job job) {
    Integer active = job.getStatus().getActive();
    Integer terminating = job.getStatus().getTerminating();
    return (active == null || active == 0) && (terminating == null || terminating == 0);
  }

  private static void merge(Resource<Job> job, Map<String, ?> change) {
    merge(job, Serialization.asJson(change));
  }

  private static void merge(Resource<Job> job, String change) {
    job.patch(PatchContext.of(PatchType.JSON_MERGE), change);
  }

  private static void suspend(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode review = JSON.readTree(exchange.getRequestBody());
      byte[] answer =
          JSON.writeValueAsBytes(
              Map.of(
                  "apiVersion",
                  "admission.k8s.io/v1",
                  "kind",
                  "AdmissionReview",
                  "response",
                  Map.of(
                      "uid",
                      review.at("/request/uid").asText(),
                      "allowed",
                      true,
                      "patchType",
                      "JSONPatch",
                      "patch",
                      patch(review).getBytes(UTF_8)))); // Jackson writes bytes as base64
      exchange.getResponseHeaders().add("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private static String patch(JsonNode review) {
    JsonNode labels = review.at("/request/object/metadata/labels");
    boolean elsewhere = labels.path(QUEUE).asText().equals(OTHER_CLUSTER);
    return elsewhere ? "[" + SUSPEND + "," + HAND_OVER + "]" : "[" + SUSPEND + "]";
  }

  private MutatingWebhookConfiguration webhook(byte[] authority) {
    return Serialization.unmarshal(
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: MutatingWebhookConfiguration
        metadata: {name: kueue-stand-in-%1$s}
        webhooks:
        - name: job.kueue.stand-in
          clientConfig: {url: "https://127.0.0.1:%2$d/mutate", caBundle: %3$s}
          rules:
          - {apiGroups: [batch], apiVersions: [v1], resources: [jobs], operations: [CREATE]}
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %1$s}}
          objectSelector: {matchExpressions: [{key: %4$s, operator: Exists}]}
          admissionReviewVersions: [v1]
          sideEffects: None
          failurePolicy: Fail
        """
            .formatted(
                namespace,
                server.getAddress().getPort(),
                Base64.getEncoder().encodeToString(authority),
                QUEUE),
        MutatingWebhookConfiguration.class);
  }

  private static SSLContext tls(Path certificate) throws IOException {
    try {
      var context = SSLContext.getInstance("TLS");
      context.init(
          SSLUtils.keyManagers(
              null, certificate + ".crt", null, certificate + ".key", "RSA", "", null, null),
          null,
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS with " + certificate, e);
    }
  }

  @Override
  public void close() {
    client.resource(webhook).delete();
    server.stop(0);
  }
}
