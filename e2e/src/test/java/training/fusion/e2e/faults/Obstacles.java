package training.fusion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Eventually;
import training.fusion.e2e.cluster.Kubectl;

/** What others put in the way of trainings and sweeps of a namespace. */
@NullUnmarked // an assertion that fails is the answer to what is absent
final class Obstacles {
  /** A finalizer that nobody takes away before {@link #clear}. */
  static final String KEEP = "example.org/keep";

  private static final Map<String, String> DATA = Map.of("theirs", "precious");

  private final ControlPlane controlPlane;
  private final Kubectl kubectl;

  Obstacles(ControlPlane controlPlane, String namespace) {
    this.controlPlane = controlPlane;
    kubectl = new Kubectl(controlPlane, namespace);
  }

  /**
   * A quota, such as of {@code pods}; it is enforced when this returns. The quota controller counts
   * a quota when it is made, and custom resources only once it has learnt of them.
   */
  void quota(String resource, int most) {
    assertThat(Eventually.eventually(() -> isCounted(resource, most), counted -> counted)).isTrue();
  }

  private boolean isCounted(String resource, int most) {
    kubectl.ok("delete", "quota", "most", "--ignore-not-found");
    kubectl.ok("create", "quota", "most", "--hard=" + resource + "=" + most);
    return kubectl
            .says("wait", "quota", "most", "--for=jsonpath={.status.used}", "--timeout=5s")
            .exitCode()
        == 0;
  }

  /** No container may have more memory than this. */
  void largestMemory(String limit) {
    apply(
        """
        apiVersion: v1
        kind: LimitRange
        metadata: {name: small}
        spec: {limits: [{type: Container, max: {memory: %s}}]}
        """
            .formatted(limit));
  }

  /**
   * A policy against objects whose names begin so; it names no reason of its own, so the API server
   * answers as it does to what breaks the schema.
   */
  void policy(String group, String resource, String prefix) {
    apply(
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: %1$s}
        spec:
          failurePolicy: Fail
          matchConstraints:
            resourceRules: [{apiGroups: [%2$s], apiVersions: ['*'], operations: [CREATE], resources: [%3$s]}]
          validations:
          - {expression: "!object.metadata.name.startsWith('%4$s')", message: nothing named %4$s here}
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: %1$s}
        spec:
          policyName: %1$s
          validationActions: [Deny]
          matchResources: {namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %5$s}}}
        """
            .formatted(clusterWide(resource), group, resource, prefix, kubectl.namespace()));
  }

  /** A webhook that nobody answers for; it is asked of Jobs whose names begin so. */
  void deadWebhook(String prefix) {
    apply(
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingWebhookConfiguration
        metadata: {name: %1$s}
        webhooks:
        - name: dead.example.org
          clientConfig: {url: 'https://127.0.0.1:1/'}
          rules: [{apiGroups: [batch], apiVersions: [v1], operations: [CREATE], resources: [jobs]}]
          namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %2$s}}
          matchConditions: [{name: some, expression: "object.metadata.name.startsWith('%3$s')"}]
          failurePolicy: Fail
          sideEffects: None
          admissionReviewVersions: [v1]
        """
            .formatted(clusterWide("jobs"), kubectl.namespace(), prefix));
  }

  /** A ConfigMap of somebody's. */
  void configMap(String name) {
    controlPlane
        .client()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(kubectl.namespace())
                .endMetadata()
                .withData(DATA)
                .build())
        .create();
  }

  /** Whether that ConfigMap is as it was. */
  boolean isUntouched(String configMap) {
    ConfigMap there =
        controlPlane
            .client()
            .configMaps()
            .inNamespace(kubectl.namespace())
            .withName(configMap)
            .get();
    return there != null
        && there.getData().equals(DATA)
        && there.getMetadata().getOwnerReferences().isEmpty();
  }

  /** A Job of somebody's that does nothing. */
  void job(String name, String... finalizers) {
    Job job =
        Serialization.unmarshal(ControlPlane.class.getResourceAsStream("job.yaml"), Job.class);
    controlPlane
        .client()
        .resource(
            new JobBuilder(job)
                .editMetadata()
                .withName(name)
                .withNamespace(kubectl.namespace())
                .withFinalizers(finalizers)
                .endMetadata()
                .editSpec()
                .withSuspend(true)
                .endSpec()
                .build())
        .create();
  }

  /** Takes away what is not bound to the namespace's life, or would hold it. */
  void clear() {
    for (Job job :
        controlPlane
            .client()
            .batch()
            .v1()
            .jobs()
            .inNamespace(kubectl.namespace())
            .list()
            .getItems()) {
      if (job.getMetadata().getFinalizers().contains(KEEP)) {
        kubectl.ok(
            "patch",
            "job",
            job.getMetadata().getName(),
            "--type=merge",
            "--patch={\"metadata\":{\"finalizers\":null}}");
      }
    }
    for (String kind :
        List.of(
            "validatingadmissionpolicybinding",
            "validatingadmissionpolicy",
            "validatingwebhookconfiguration")) {
      for (String resource : List.of("jobs", "fusiontrainings")) {
        kubectl.ok("delete", kind, clusterWide(resource), "--ignore-not-found");
      }
    }
  }

  private String clusterWide(String resource) {
    return resource + "." + kubectl.namespace();
  }

  private void apply(String yaml) {
    Kubectl.succeeded(kubectl.given(yaml, "apply", "-f", "-"));
  }
}
