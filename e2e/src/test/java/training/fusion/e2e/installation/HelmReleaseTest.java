package training.fusion.e2e.installation;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/**
 * A release of the chart over its life, while trainings run. Its Deployment's pods are simulated.
 * By hand, with an earlier operator, chart and definition until the upgrade, from a checkout of its
 * commit in which {@code mvn package -Dquick -DskipTests -pl operator -am} ran: {@code mvn verify
 * -Dtest=HelmReleaseTest -Dupgrade.from=CHECKOUT -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class HelmReleaseTest {
  private static final String DEFINITION = "fusiontrainings.fusion.training";
  private static final Path EARLIER =
      Path.of(System.getProperty("upgrade.from", ControlPlane.MODULE.resolve("..").toString()));

  private final ControlPlane controlPlane;
  private final KubernetesClient client;
  private final Trainings trainings;
  private final String namespace;
  private String program;

  HelmReleaseTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    client = controlPlane.client();
    trainings = new Trainings(controlPlane, "helm");
    namespace = trainings.namespace;
  }

  @ParameterizedTest
  @ValueSource(strings = {"helm", "helm4"})
  void a_training_outlives_upgrade_and_uninstallation_and_the_namespace_goes_at_once(String program)
      throws IOException {
    this.program = program;
    String definition = uidOfDefinition();
    // the definitions are there already, as they are where kubectl installed them
    JsonNode current = schema();
    helm("install", earlier(), "--take-ownership");
    new Kubectl(controlPlane, namespace)
        .ok("apply", "--server-side", "--force-conflicts", "--filename=" + definitionOf(EARLIER));
    var installed = new Installed(controlPlane, namespace);
    try (var operator =
        ShippedOperator.of(
            EARLIER, installed.kubeconfig(), List.of("fusion.namespaces=" + namespace))) {
      trainings.create("vision-runs", "200ms");
      Pod pod = trainings.running("vision-runs");
      trainings.state("vision-runs", State.RUNNING);

      operator.kill();
      helm(
          "upgrade",
          Manifests.packaged().toString(),
          "--take-ownership",
          "--set=replicas=1,configuration.progress\\.silence=5m");
      assertThat(schema()).isEqualTo(current);
      operator.startAgain();

      trainings.create("vision", "200ms");
      trainings.succeeded("vision");
      assertThat(trainings.running("vision-runs").getMetadata().getUid())
          .isEqualTo(pod.getMetadata().getUid());
      trainings.end(pod, "succeeds");
      trainings.succeeded("vision-runs");
      assertThat(trainings.jobsEverMade("vision-runs")).hasSize(1);

      trainings.create("vision-2-runs", "200ms");
      trainings.running("vision-2-runs");
    }
    helm("uninstall");

    assertThat(kinds("app.kubernetes.io/managed-by=Helm")).isEmpty();
    assertThat(uidOfDefinition()).isEqualTo(definition);
    assertThat(trainings.all()).hasSize(3);
    assertThat(trainings.get("vision").getStatus().state()).isEqualTo(State.SUCCEEDED);
    trainings.running("vision-2-runs");

    client.namespaces().withName(namespace).delete();
    assertThat(eventually(() -> client.namespaces().withName(namespace).get(), Objects::isNull))
        .isNull();
  }

  /**
   * As docs/install-helm.md has it: what others have changed since is told, and given up by force.
   */
  @Test
  void helm_4_leaves_what_kubectl_scaled_until_it_is_forced() {
    program = "helm4";
    var kubectl = new Kubectl(controlPlane, namespace);
    helm("install", Manifests.packaged().toString(), "--take-ownership");
    // the definitions are the release's and kubectl's
    kubectl.ok("apply", "--server-side", "-k", Manifests.DEPLOY.resolve("crds").toString());
    kubectl.ok("scale", "deployment/fusion-training-operator", "--replicas=3");

    String[] upgrade = {"upgrade", Manifests.packaged().toString(), "--set=replicas=1"};
    ControlPlane.Output refused = says(upgrade);
    String scaled = replicas();
    helm(upgrade[0], upgrade[1], upgrade[2], "--force-conflicts");

    assertThat(refused.exitCode()).isNotZero();
    assertThat(refused.text()).contains("conflict with \"kubectl\"", ".spec.replicas");
    assertThat(scaled).isEqualTo("3");
    assertThat(replicas()).isEqualTo("1");
    helm("uninstall");
  }

  private String replicas() {
    return new Kubectl(controlPlane, namespace)
        .ok("get", "deployment", "fusion-training-operator", "-o=jsonpath={.spec.replicas}");
  }

  private void helm(String command, String... more) {
    List<String> line = new ArrayList<>(List.of(command));
    line.addAll(List.of(more));
    Kubectl.succeeded(says(line.toArray(String[]::new)));
  }

  /**
   * What Helm says.
   *
   * @param line the command, and what follows the release's name
   */
  private ControlPlane.Output says(String... line) {
    List<String> all = new ArrayList<>(List.of(program, line[0], "ft", "--namespace=" + namespace));
    all.addAll(List.of(line).subList(1, line.length));
    return ControlPlane.script(null, all.toArray(String[]::new));
  }

  private static String earlier() {
    return Manifests.packaged(EARLIER.resolve("deploy/helm")).toString();
  }

  private static Path definitionOf(Path checkout) {
    return checkout.resolve("crds/resources/crd").resolve(DEFINITION + ".yaml");
  }

  private String uidOfDefinition() {
    return definition().getMetadata().getUid();
  }

  /** What the API server takes for a FusionTraining. */
  private JsonNode schema() {
    return Serialization.jsonMapper().valueToTree(definition().getSpec().getVersions());
  }

  private CustomResourceDefinition definition() {
    return client.apiextensions().v1().customResourceDefinitions().withName(DEFINITION).get();
  }

  /** What there is of a release, of all kinds that the chart has. */
  private List<String> kinds(String label) {
    return new Kubectl(controlPlane, namespace)
        .ok(
            "get",
            "deployments,poddisruptionbudgets,services,serviceaccounts,roles,rolebindings,networkpolicies,configmaps",
            "--selector=" + label,
            "--output=name")
        .lines()
        .filter(line -> line.contains("/"))
        .toList();
  }
}
