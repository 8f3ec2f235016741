package training.fusion.e2e.security;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.installation.Manifests;
import training.fusion.local.SampleTraining;

/** What the policy in {@code deploy} lets a training run, by the API server's word. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@TestInstance(Lifecycle.PER_CLASS)
class AdmissionPolicyTest {
  private static final String FORBIDDEN = "pod: {image: somewhere.example/miner}";

  private final ControlPlane controlPlane;
  private final Kubectl kubectl;
  private final Path policy =
      Manifests.kustomization(
          "admission-policy",
          """
          resources: [DEPLOY/admission-policy]
          patches:
          - target: {kind: ValidatingAdmissionPolicy}
            patch: |
              - {op: replace, path: /spec/variables/0/expression, value: "['registry.example/vision/*', 'trainer:1']"}
              - {op: replace, path: /spec/variables/1/expression, value: "['default', 'trainer']"}
          """);

  AdmissionPolicyTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane.withCustomResources();
    kubectl = new Kubectl(controlPlane, controlPlane.newNamespace("policy"));
  }

  @BeforeAll
  void have_one_that_ran_before_and_install_it() {
    Kubectl.succeeded(kubectl.given(training("before", FORBIDDEN), "create", "-f", "-"));
    kubectl.ok("apply", "-k", policy.toString());
    // the API server takes it up a moment later
    assertThat(eventually(() -> create(FORBIDDEN), it -> it.exitCode() != 0).exitCode())
        .isNotZero();
  }

  @AfterAll
  void leave_the_cluster_as_it_was() {
    kubectl.ok("delete", "-k", policy.toString());
    assertThat(eventually(() -> create(FORBIDDEN), it -> it.exitCode() == 0).exitCode()).isZero();
    controlPlane.client().namespaces().withName(kubectl.namespace()).delete();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "pod: {image: registry.example/vision/trainer@sha256:0123, serviceAccountName: trainer}",
        "pod: {image: 'trainer:1', serviceAccountName: default}",
        "pod: {image: ''}",
        "dataset: {source: {image: {reference: 'registry.example/vision/cifar:10'}}}",
      })
  void admitted(String spec) {
    Kubectl.succeeded(create(spec));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pod: {image: somewhere.example/miner} | image somewhere.example/miner may not be used here; use one of registry.example/vision/*, trainer:1",
        "pod: {image: 'trainer:12'} | image trainer:12 may not be used here",
        "pod: {image: registry.example/visionary} | image registry.example/visionary may not",
        "pod: {serviceAccountName: admin} | spec.pod.serviceAccountName admin may not be used here; use one of default, trainer",
        "dataset: {source: {image: {reference: secret/data}}} | image secret/data may not be used here",
        "model: {architecture: EfficientNetV2-S, pretrained: {source: {image: {reference: secret/weights}}}} | image secret/weights may not",
      })
  void refused(String spec, String told) {
    ControlPlane.Output output = create(spec);

    assertThat(output.exitCode()).isNotZero();
    assertThat(output.text()).contains("Forbidden", told);
  }

  @Test
  void one_that_ran_before_may_be_suspended_and_not_run_anew() {
    kubectl.ok("patch", "ft", "before", "--type=merge", "--patch={\"spec\": {\"suspend\": true}}");
    assertThat(
            kubectl
                .says(
                    "patch",
                    "ft",
                    "before",
                    "--type=merge",
                    "--patch={\"spec\": {\"runId\": \"again\"}}")
                .text())
        .contains("may not be used here");
  }

  private ControlPlane.Output create(String spec) {
    return kubectl.given(training("vision", spec), "create", "--dry-run=server", "-f", "-");
  }

  /** A training with these parts of its spec in place of its own. */
  private static String training(String name, String spec) {
    ObjectNode training = Serialization.unmarshal(SampleTraining.yaml(name, 3), ObjectNode.class);
    training.withObject("/spec").setAll(Serialization.unmarshal(spec, ObjectNode.class));
    ObjectNode dataset = training.withObject("/spec/dataset");
    if (!dataset.has("format")) {
      dataset.put("format", "CIFAR10");
    }
    return Serialization.asYaml(training);
  }
}
