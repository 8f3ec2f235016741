package training.fusion.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpec;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.installation.Manifests;

/**
 * The network policies speak of the pods that there are. Nothing here enforces them: that takes a
 * network plugin, and a cluster of more than one kind of node.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane // for its kubectl
class NetworkPoliciesTest {
  private static final List<String> PORTS = List.of("TCP 8080", "TCP 8443");

  private final Map<String, String> operator =
      read(Manifests.DEPLOY.resolve("base/deployment.yaml"), Deployment.class)
          .getSpec()
          .getTemplate()
          .getMetadata()
          .getLabels();

  /** What the operator's own tests compare its Jobs with. */
  private final Map<String, String> trainer =
      read(
              ControlPlane.MODULE.resolveSibling(
                  "operator/src/test/resources/training/fusion/operator/job/small-job.yaml"),
              Job.class)
          .getSpec()
          .getTemplate()
          .getMetadata()
          .getLabels();

  private final NetworkPolicySpec ofOperator = policy("components/network-policy");
  private final NetworkPolicySpec ofTrainers = policy("trainers-network-policy");

  @Test
  void each_selects_its_own_pods_and_both_directions() {
    assertThat(selects(ofOperator.getPodSelector(), operator)).isTrue();
    assertThat(selects(ofOperator.getPodSelector(), trainer)).isFalse();
    assertThat(selects(ofTrainers.getPodSelector(), trainer)).isTrue();
    assertThat(selects(ofTrainers.getPodSelector(), operator)).isFalse();
    assertThat(List.of(ofOperator, ofTrainers))
        .allSatisfy(spec -> assertThat(spec.getPolicyTypes()).containsExactly("Ingress", "Egress"));
  }

  @Test
  void trainers_reach_the_operator_where_it_takes_reports() {
    var leaves =
        ofTrainers.getEgress().stream()
            .filter(rule -> !rule.getTo().isEmpty())
            .findFirst()
            .orElseThrow();
    var enters = ofOperator.getIngress().get(0);
    assertThat(selects(leaves.getTo().get(0).getPodSelector(), operator)).isTrue();
    assertThat(selects(enters.getFrom().get(0).getPodSelector(), trainer)).isTrue();
    assertThat(ports(leaves.getPorts())).isEqualTo(PORTS);
    assertThat(ports(enters.getPorts())).isEqualTo(PORTS);
    assertThat(deployed("resources: [DEPLOY/overlays/namespace]")).isEqualTo(PORTS.subList(0, 1));
    assertThat(
            deployed(
                "{resources: [DEPLOY/overlays/namespace], components: [DEPLOY/components/tls]}"))
        .containsExactlyInAnyOrderElementsOf(PORTS);
  }

  @Test
  void nobody_reaches_a_trainer() {
    assertThat(ofTrainers.getIngress()).isEmpty();
  }

  @Test
  void both_reach_names_and_https_and_the_operator_an_api_server_by_itself() {
    assertThat(toAnywhere(ofTrainers)).containsExactlyInAnyOrder("UDP 53", "TCP 53", "TCP 443");
    assertThat(toAnywhere(ofOperator))
        .containsExactlyInAnyOrder("UDP 53", "TCP 53", "TCP 443", "TCP 6443");
  }

  /** Ports of the operator's container, as kustomize makes it. */
  private static List<String> deployed(String kustomization) {
    return Manifests.objects(Manifests.kustomized(Manifests.kustomization("ports", kustomization)))
        .stream()
        .filter(object -> object.path("kind").asText().equals("Deployment"))
        .flatMap(object -> object.findValuesAsText("containerPort").stream())
        .map(port -> "TCP " + port)
        .toList();
  }

  private static Set<String> toAnywhere(NetworkPolicySpec spec) {
    return spec.getEgress().stream()
        .filter(rule -> rule.getTo().isEmpty())
        .flatMap(rule -> ports(rule.getPorts()).stream())
        .collect(Collectors.toSet());
  }

  private static List<String> ports(List<NetworkPolicyPort> ports) {
    return ports.stream()
        .map(port -> port.getProtocol() + " " + port.getPort().getIntVal())
        .toList();
  }

  private static boolean selects(LabelSelector selector, Map<String, String> labels) {
    assertThat(selector.getMatchExpressions()).isEmpty();
    return labels.entrySet().containsAll(selector.getMatchLabels().entrySet());
  }

  private static NetworkPolicySpec policy(String folder) {
    return read(
            Manifests.DEPLOY.resolve(folder).resolve("network-policy.yaml"), NetworkPolicy.class)
        .getSpec();
  }

  private static <T> T read(Path file, Class<T> type) {
    try {
      return Serialization.unmarshal(Files.readString(file), type);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
