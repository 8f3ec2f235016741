package training.fusion.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.MutatingWebhook;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.cluster.PodTokens;
import training.fusion.e2e.installation.Installed;
import training.fusion.e2e.operator.ProgressPort;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;
import training.fusion.e2e.sweep.Sweeps;

/**
 * The rights in {@code deploy} are enough for all that the operator does, and all of them are used:
 * judged by what the API server recorded of the requests that it made as its ServiceAccount.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class RightsTest {
  /** Rights that no request shows, and why the operator has them. */
  private static final Map<String, String> NOT_SEEN =
      Map.of(
          "update fusiontrainings.fusion.training/finalizers",
          "the API server asks for it when a Job with blockOwnerDeletion is made, as another test"
              + " shows",
          "update fusionsweeps.fusion.training/finalizers",
          "the same, when a trial is made",
          "update leases.coordination.k8s.io",
          "the operator SDK asks whether it may, before it takes part in an election; it patches");

  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private final String namespace;
  private final Kubectl kubectl;
  private Installed installed;

  RightsTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "rights");
    namespace = trainings.namespace;
    kubectl = new Kubectl(controlPlane, namespace);
  }

  @AfterEach
  void uninstall() {
    installed.uninstall();
    trainings.close();
    controlPlane.client().namespaces().withName(installed.namespace()).delete();
  }

  @Test
  void for_one_namespace_a_role_and_its_binding_are_enough_and_all_of_it_is_used(
      @TempDir Path folder) throws IOException, GeneralSecurityException {
    installed = Installed.as("namespace", controlPlane, namespace);
    try (var webhook =
            MutatingWebhook.start(controlPlane, namespace, folder, RightsTest::withSidecar);
        var operator =
            new ShippedOperator(
                installed.kubeconfig(),
                List.of("fusion.namespaces=" + namespace, "fusion.leader-election.enabled=true"))) {
      wholeLife(ProgressPort.of(operator));
    }
    try (var operator =
        new ShippedOperator(
            installed.kubeconfig(),
            List.of("fusion.namespaces=" + namespace, "fusion.retention.after=2s"))) {
      endedOnesGo();
    }

    Set<String> allowed = Rights.of(rules("role", Installed.NAME));
    allowed.addAll(Rights.of(rules("role", Installed.NAME + "-leader-election")));
    Set<String> used = Rights.used(requests());
    assertThat(refused()).isEmpty();
    assertThat(allowed).isNotEmpty().allMatch(right -> !right.contains("*"));
    assertThat(used).isSubsetOf(allowed);
    allowed.removeAll(used);
    assertThat(allowed).as("rights that were not used").isEqualTo(new TreeSet<>(NOT_SEEN.keySet()));
  }

  /** This API server checks blockOwnerDeletion, as OpenShift's does. */
  @Test
  void without_the_right_to_finalizers_the_api_server_refuses_the_job() throws IOException {
    installed = Installed.as("namespace", controlPlane, namespace);
    assertThat(eventually(this::mayUpdateFinalizers, "yes"::equals)).isEqualTo("yes");
    kubectl.ok(
        "patch", "role", Installed.NAME, "--type=json", "--patch=[{op: remove, path: /rules/2}]");
    assertThat(eventually(this::mayUpdateFinalizers, "no"::equals)).isEqualTo("no");
    try (var operator =
        new ShippedOperator(installed.kubeconfig(), List.of("fusion.namespaces=" + namespace))) {
      trainings.create("vision-succeeds", "200ms");

      String told =
          trainings
              .status("vision-succeeds", status -> message(status).contains("blockOwner"))
              .toString();

      assertThat(told).contains("JobRefused", "cannot set blockOwnerDeletion");
    }
  }

  @Test
  void for_all_namespaces_a_cluster_role_with_the_same_rules_is_enough() throws IOException {
    String elsewhere = controlPlane.newNamespace("elsewhere");
    installed = Installed.as("cluster", controlPlane, elsewhere);
    try (var operator =
        new ShippedOperator(
            installed.kubeconfig(),
            // an empty list, as the Operator Lifecycle Manager gives it, is all namespaces
            List.of("fusion.namespaces=", "fusion.leader-election.enabled=true"))) {
      trainings.create("vision-succeeds", "200ms");
      trainings.state("vision-succeeds", State.SUCCEEDED);
    }

    assertThat(refused()).isEmpty();
    Installed.as("namespace", controlPlane, namespace);
    assertThat(rules("clusterrole", Installed.NAME)).isEqualTo(rules("role", Installed.NAME));
  }

  private static void withSidecar(String training, ObjectNode spec) {
    if (training.startsWith("meshed") && !spec.has("template")) {
      MutatingWebhook.containerFirst(spec, "mesh");
    }
  }

  /**
   * Of one that fails beside a sidecar, one that succeeds and is cleared away, one that is stopped
   * and finds its name taken, and one that gets no pod.
   */
  private void wholeLife(ProgressPort port) {
    trainings.create("meshed-runs", "200ms");
    Pod meshed = trainings.running("meshed-runs");
    trainings.end(meshed, "trainer-fails-70");
    trainings.create(
        "vision-without-account",
        "1h",
        spec -> spec.withObject("/pod").put("serviceAccountName", "absent"));
    trainings.create("vision-succeeds", "200ms");
    trainings.create("vision-runs", "200ms");
    trainings.state("vision-succeeds", State.SUCCEEDED);
    change("vision-succeeds", Map.of("runPolicy", Map.of("ttlSecondsAfterFinished", 0)));
    assertThat(eventually(() -> trainings.jobs("vision-succeeds"), List::isEmpty)).isEmpty();

    String token = new PodTokens(controlPlane).of(trainings.running("vision-runs"));
    trainings.state("vision-runs", State.RUNNING);
    assertThat(port.post(token, ProgressPort.report(1, 1)).statusCode()).isEqualTo(202);
    Job first = trainings.jobs("vision-runs").get(0);
    change("vision-runs", Map.of("suspend", true));
    trainings.state("vision-runs", State.SUSPENDED);
    somebodyElsesJob(first.getMetadata().getName().replaceAll("-1$", "-2"));
    change("vision-runs", Map.of("suspend", false));
    var status = trainings.state("vision-runs", State.FAILED);
    assertThat(Trainings.condition(status, "Failed").getReason()).isEqualTo("NameTaken");

    trainings.running("meshed-runs", meshed);
    String told =
        trainings
            .status("vision-without-account", seen -> message(seen).contains("not found"))
            .toString();
    assertThat(told).contains("NoPod", "serviceaccount \"absent\" not found");

    kubectl.ok("delete", "ft", "--all");
    wholeSweep();
  }

  /** Trials that run, are stopped and go on; rows that are added to others. */
  private void wholeSweep() {
    var sweeps = new Sweeps(controlPlane, namespace);
    sweeps.create("sweep", 1, 1, "1s");
    sweeps.status("sweep", seen -> seen.trials() != null && seen.trials().running() > 0);
    sweeps.patch("sweep", "{\"suspend\":true}");
    sweeps.state("sweep", FusionSweepStatus.State.SUSPENDED);
    sweeps.patch("sweep", "{\"suspend\":false,\"parallelism\":8}");
    sweeps.state("sweep", FusionSweepStatus.State.SUCCEEDED);
    sweeps.patch("sweep", "{\"matrix\":{\"seeds\":[1,2]}}");
    sweeps.status(
        "sweep",
        seen -> seen.state() == FusionSweepStatus.State.SUCCEEDED && seen.trials().total() == 16);
    sweeps.delete("sweep");
  }

  /** What has ended goes after a time, a sweep with all that it made; what is kept stays. */
  private void endedOnesGo() {
    trainings.create("kept-succeeds", "1s");
    kubectl.ok("annotate", "ft", "kept-succeeds", "fusion.training/keep=");
    trainings.create("old-fails-64", "1s");
    new Sweeps(controlPlane, namespace).create("old", 8, 1, "1s");

    assertThat(
            eventually(
                () -> kubectl.ok("get", "ft,fs", "-o=name").strip(),
                names -> names.endsWith("/kept-succeeds") && names.lines().count() == 1))
        .isEqualTo("fusiontraining.fusion.training/kept-succeeds");
    assertThat(
            eventually(
                () -> kubectl.ok("get", "configmaps", "-o=name"), maps -> !maps.contains("old-")))
        .doesNotContain("old-");
    trainings.succeeded("kept-succeeds");
  }

  private void change(String name, Map<String, ?> spec) {
    trainings.patch(name, Map.of("spec", spec));
  }

  private void somebodyElsesJob(String name) {
    Job job =
        Serialization.unmarshal(ControlPlane.class.getResourceAsStream("job.yaml"), Job.class);
    controlPlane
        .client()
        .resource(
            new JobBuilder(job)
                .editMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .editSpec()
                .withSuspend(true)
                .endSpec()
                .build())
        .create();
  }

  private String mayUpdateFinalizers() {
    return kubectl
        .says(
            "auth",
            "can-i",
            "update",
            "fusiontrainings.fusion.training",
            "--subresource=finalizers",
            "--as=" + installed.user())
        .text()
        .strip();
  }

  private static String message(FusionTrainingStatus status) {
    return status.conditions() == null
        ? ""
        : Trainings.condition(status, "Reconciling").getMessage();
  }

  private List<JsonNode> requests() {
    return controlPlane
        .auditLog()
        .requests(event -> installed.user().equals(event.at("/user/username").asText()));
  }

  private List<String> refused() {
    return requests().stream()
        .filter(event -> event.at("/responseStatus/code").asInt() == 403)
        .map(event -> event.at("/responseStatus/message").asText())
        .distinct()
        .toList();
  }

  private List<PolicyRule> rules(String kind, String name) {
    var rbac = controlPlane.client().rbac();
    return kind.equals("role")
        ? rbac.roles().inNamespace(namespace).withName(name).get().getRules()
        : rbac.clusterRoles().withName(name).get().getRules();
  }
}
