package training.fusion.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.node.v1.RuntimeClassBuilder;
import io.fabric8.kubernetes.api.model.scheduling.v1.PriorityClassBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.installation.Installed;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/** In a namespace that enforces Pod Security's level "restricted", all of our pods may run. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class PodSecurityTest {
  /** What the operator's own tests compare its Jobs with. */
  private static final Path JOBS =
      ControlPlane.MODULE.resolveSibling(
          "operator/src/test/resources/training/fusion/operator/job");

  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final Trainings trainings;
  private final String namespace;

  PodSecurityTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    client = controlPlane.client();
    trainings = new Trainings(controlPlane, "restricted");
    namespace = trainings.namespace;
  }

  @BeforeEach
  void enforce() {
    new Kubectl(controlPlane, namespace)
        .ok("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted");
  }

  @AfterEach
  void leave_the_nodes_free() {
    trainings.close();
  }

  @Test
  void a_training_succeeds_and_the_operator_s_two_pods_run() throws IOException {
    Installed installed = Installed.as("namespace", controlPlane, namespace);
    // simulated ones: that they run says that they were admitted
    assertThat(eventually(this::runningOperators, pods -> pods == 2)).isEqualTo(2);
    try (var operator =
        new ShippedOperator(installed.kubeconfig(), List.of("fusion.namespaces=" + namespace))) {
      trainings.create("vision", "200ms");
      trainings.succeeded("vision");
    }
  }

  private long runningOperators() {
    return client
        .pods()
        .inNamespace(namespace)
        .withLabel("app.kubernetes.io/name", Installed.NAME)
        .list()
        .getItems()
        .stream()
        .filter(pod -> "Running".equals(pod.getStatus().getPhase()))
        .count();
  }

  static List<Path> jobs() throws IOException {
    try (Stream<Path> files = Files.list(JOBS)) {
      return files.filter(file -> file.toString().endsWith("-job.yaml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void whatever_a_training_asks_for_its_pod_is_admitted(Path file) throws IOException {
    Pod pod = pod(Serialization.unmarshal(Files.readString(file), Job.class));
    prepareFor(pod);

    Pod admitted = client.resource(pod).dryRun().create();

    assertThat(admitted.getSpec().getContainers()).hasSize(1);
    pod.getSpec().getContainers().get(0).getSecurityContext().setAllowPrivilegeEscalation(true);
    assertThatThrownBy(() -> client.resource(pod).dryRun().create())
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("violates PodSecurity \"restricted");
  }

  private Pod pod(Job job) {
    var template = job.getSpec().getTemplate();
    return new PodBuilder()
        .withNewMetadata()
        .withName("pod")
        .withNamespace(namespace)
        .withLabels(template.getMetadata().getLabels())
        .endMetadata()
        .withSpec(template.getSpec())
        .build();
  }

  /** What the pod names has to be there; that is not what is asked here. */
  private void prepareFor(Pod pod) {
    if (pod.getSpec().getServiceAccountName() != null) {
      client
          .resource(
              new ServiceAccountBuilder()
                  .withNewMetadata()
                  .withName(pod.getSpec().getServiceAccountName())
                  .withNamespace(namespace)
                  .endMetadata()
                  .build())
          .serverSideApply();
    }
    if (pod.getSpec().getPriorityClassName() != null) {
      client
          .resource(
              new PriorityClassBuilder()
                  .withNewMetadata()
                  .withName(pod.getSpec().getPriorityClassName())
                  .endMetadata()
                  .withValue(1)
                  .build())
          .serverSideApply();
    }
    if (pod.getSpec().getRuntimeClassName() != null) {
      client
          .resource(
              new RuntimeClassBuilder()
                  .withNewMetadata()
                  .withName(pod.getSpec().getRuntimeClassName())
                  .endMetadata()
                  .withHandler("runc")
                  .build())
          .serverSideApply();
    }
  }
}
