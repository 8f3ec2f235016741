package training.fusion.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;

/** What a person sees who follows trainings with kubectl, the operator at work. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class KubectlLifeTest {
  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private final Kubectl kubectl;
  private ShippedOperator operator;

  KubectlLifeTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "life");
    kubectl = new Kubectl(controlPlane, trainings.namespace);
  }

  @BeforeEach
  void start() throws IOException {
    operator = new ShippedOperator(controlPlane, trainings.namespace, List.of());
  }

  @AfterEach
  void stop() {
    operator.close();
    trainings.close();
  }

  @Test
  void describe_tells_the_story_and_wait_knows_its_end() {
    trainings.create("vision-runs", "200ms");
    trainings.state("vision-runs", State.RUNNING);
    trainings.patch("vision-runs", Map.of("spec", Map.of("suspend", true)));
    kubectl.ok("wait", "--for=condition=Suspended", "ft/vision-runs", "--timeout=60s");
    trainings.patch("vision-runs", Map.of("spec", Map.of("suspend", false)));
    Pod second = trainings.running("vision-runs");
    trainings.state("vision-runs", State.RUNNING);
    trainings.end(second, "succeeds");

    kubectl.ok("wait", "--for=condition=Complete", "ft/vision-runs", "--timeout=60s");
    kubectl.ok("wait", "--for=jsonpath={.status.state}=Succeeded", "ft/vision-runs");

    String told =
        eventually(
            () -> kubectl.ok("describe", "ft", "vision-runs"),
            text -> events(text).contains("Succeeded"));
    assertThat(events(told))
        .contains("Suspending", "JobDeleted")
        .containsSubsequence(
            "JobCreated", "Running", "Suspended", "JobCreated", "Running", "Succeeded");
    assertThat(told).contains("State:").contains("Accuracy:").doesNotContain("<unknown>");
    assertThat(kubectl.ok("get", "ft", "-o", "wide").lines().skip(1).findFirst().orElseThrow())
        .contains("Succeeded", second.getSpec().getNodeName());
  }

  /** The reasons in the table at the end of a description, from the top. */
  private static List<String> events(String description) {
    return description
        .substring(description.indexOf("Events:"))
        .lines()
        .skip(3)
        .map(line -> line.strip().split("\\s+", -1)[1])
        .toList();
  }

  @Test
  void delete_takes_job_and_pods_along_and_leaves_the_volumes() {
    trainings.create("vision-runs", "200ms");
    trainings.running("vision-runs");
    String volumes = kubectl.ok("get", "pvc,pv", "-o=name");

    kubectl.ok("delete", "ft", "vision-runs");

    assertThat(eventually(() -> kubectl.ok("get", "jobs,pods", "-o=name"), String::isEmpty))
        .isEmpty();
    assertThat(kubectl.ok("get", "pvc,pv", "-o=name")).isEqualTo(volumes).contains("claim");
    assertThat(kubectl.ok("get", "pvc", "-o=jsonpath={.items[*].status.phase}"))
        .isEqualTo("Bound Bound");
  }
}
