package training.fusion.e2e.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.LongStream.rangeClosed;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static training.fusion.e2e.cluster.Eventually.eventually;
import static training.fusion.e2e.operator.Trainings.condition;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.ControlPlane.Output;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.KubectlPlugin;
import training.fusion.e2e.installation.Installed;
import training.fusion.e2e.operator.Trainings;

/**
 * The manifests and examples as they are, on containerd and a kubelet, with the images of this
 * build. The quickstart is cut short; {@code -Dcampaign.rounds=4} leaves it whole and interrupts it
 * so often, and says what it saw: {@code mvn verify -Pimages -pl e2e -am -Dtest=RealNodeTest
 * -Dsurefire.failIfNoSpecifiedTests=false -Dcampaign.rounds=4}.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnRealNode
@DisplayName("On a real node")
class RealNodeTest {
  private static final Path EXAMPLES = ControlPlane.MODULE.resolveSibling("examples");
  private static final String ATTEMPT = "fusion.training/attempt"; // a label of trainers' pods
  private static final Duration GRACE = Duration.ofMinutes(2);
  private static final int ROUNDS = Integer.getInteger("campaign.rounds", 0);
  private static final String SMALL = "resources: {requests: {cpu: 100m, memory: 64Mi}}";

  private final RealNode node;
  private final Kubectl kubectl;

  RealNodeTest(RealNode node) throws IOException {
    this.node = node;
    kubectl = node.kubectl();
    kubectl.ok("apply", "-f", EXAMPLES.resolve("00-data.yaml").toString());
    kubectl.ok("wait", "--for=condition=Complete", "job/fashion-mnist", "--timeout=180s");
  }

  @Test
  void the_quickstart_goes_on_after_deleted_pods_and_drained_nodes_to_accuracy_loss_and_f1()
      throws IOException {
    assertThat(kubectl.ok("logs", "job/fashion-mnist"))
        .isEqualTo("fashion-mnist: 3 files copied to /data\n");
    Instant applied = Instant.now();
    apply(quickstart());
    Path run = node.run(status("quickstart", s -> s.runKey() != null).runKey());
    Pod pod = trainingPod(run, List.of());
    tell("first step seen %s after apply", Duration.between(applied, Instant.now()));
    List<String> earlier = new ArrayList<>();
    for (int round = 0; round < Math.max(2, ROUNDS); round++) {
      earlier.add(pod.getMetadata().getUid());
      String log = interrupted(pod, round % 2 == 1);
      assertThat(log)
          .contains("Adam blocks 0–2 → SGD blocks 3–4 and head", "images to train on")
          .contains("stopped from outside after step ");
      assertReadsWell(log);
      pod = trainingPod(run, earlier);
    }

    kubectl.ok("wait", "--for=condition=Complete", "ft/quickstart", "--timeout=1800s");

    FusionTrainingStatus status = status("quickstart", s -> s.completionTime() != null);
    assertThat(status.state()).isEqualTo(State.SUCCEEDED);
    assertThat(status.test().accuracy()).isBetween(0.05, 1.0);
    assertThat(status.test().loss()).isBetween(0.1, 2.5);
    assertThat(status.test().f1()).isBetween(0.01, 1.0);
    assertThat(status.failures()).isNotEmpty();
    assertThat(status.failures().get(0).message()).contains("stopped from outside after step ");
    String log = kubectl.ok("logs", pod.getMetadata().getName());
    assertThat(log).contains("goes on from /fusion/checkpoints/checkpoint-", "accuracy", "F1");
    assertReadsWell(log);
    // each was saved within its grace period: no step was lost, none trained twice
    List<Long> steps = StepsLog.of(run).steps();
    assertThat(steps).isEqualTo(rangeClosed(1, status.progress().steps()).boxed().toList());
    tell("%d pods, %d steps, each once", earlier.size() + 1, steps.size());
    tell("test: %s", status.test());
    tell("%s", kubectl.ok("get", "ft"));
    tell("%s", log);
  }

  /** Takes a pod away; its log. */
  private String interrupted(Pod pod, boolean drain) throws IOException {
    String name = pod.getMetadata().getName();
    Process following =
        node.controlPlane()
            .kubectlInBackground("logs", "--follow", name, "--namespace=" + RealNode.NAMESPACE);
    Instant begun = Instant.now();
    if (drain) {
      kubectl.ok(
          "drain",
          RealNode.NODE,
          "--pod-selector=" + ATTEMPT,
          "--ignore-daemonsets",
          "--delete-emptydir-data",
          "--timeout=150s");
      assertThat(status("quickstart", s -> !"True".equals(condition(s, "PodsReady").getStatus())))
          .isNotNull();
      kubectl.ok("uncordon", RealNode.NODE);
    } else {
      kubectl.ok("delete", "pod", name, "--timeout=150s");
    }
    Duration took = Duration.between(begun, Instant.now());
    assertThat(took).as("time to save and end").isLessThan(GRACE);
    tell("%s, gone after %s", drain ? "node drained" : "pod deleted", took);
    return new String(following.getInputStream().readAllBytes(), UTF_8);
  }

  /** A pod that none of these was, once it has trained some steps. */
  private Pod trainingPod(Path run, List<String> others) {
    Pod pod =
        eventually(() -> pods("quickstart"), pods -> pods.stream().anyMatch(p -> isNew(p, others)))
            .stream()
            .filter(p -> isNew(p, others))
            .findFirst()
            .orElseThrow(() -> new AssertionError(kubectl.ok("describe", "ft,pods")));
    String uid = pod.getMetadata().getUid();
    assertThat(eventually(() -> StepsLog.of(run).stepsOf(uid), steps -> steps.size() >= 3))
        .as("steps of %s", pod.getMetadata().getName())
        .hasSizeGreaterThanOrEqualTo(3);
    return pod;
  }

  private static boolean isNew(Pod pod, List<String> others) {
    return "Running".equals(pod.getStatus().getPhase())
        && pod.getMetadata().getDeletionTimestamp() == null
        && !others.contains(pod.getMetadata().getUid());
  }

  @Test
  void what_keeps_a_pod_from_training_is_said_in_words() throws IOException {
    apply(training("no-image", "gpu: {count: 0}, image: 'registry.invalid/trainer:1', " + SMALL));
    apply(
        training("no-claim", "gpu: {count: 0}, " + SMALL)
            .replace("claimName: fashion-mnist", "claimName: not-made"));
    apply(
        training(
            "too-small",
            "gpu: {count: 0}, resources: {requests: {cpu: 100m}, limits: {memory: 160Mi}}"));
    // the node's one GPU is a number without a device: the scheduler takes it for one
    apply(training("no-gpu", SMALL));

    assertThat(failure("too-small"))
        .startsWith("OutOfMemory: the container exceeded 160Mi")
        .endsWith("raise spec.pod.resources.limits.memory or lower spec.training.batchSize");
    assertThat(failure("no-gpu"))
        .startsWith(
            "DeviceError: pod.gpu.count is 1, but libtorch sees 0 GPUs: this libtorch is the one for");
    assertThat(waitsFor("no-image"))
        .contains("the image registry.invalid/trainer:1 could not be had")
        .contains("check spec.pod.image and spec.pod.imagePullSecrets");
    assertThat(waitsFor("no-claim"))
        .contains("PersistentVolumeClaim not-made does not exist in namespace fusion-training");
    kubectl.ok("delete", "ft", "no-image", "no-claim", "too-small", "no-gpu");
  }

  private String failure(String name) {
    FusionTrainingStatus status = status(name, s -> s.completionTime() != null);
    assertThat(status.state()).as("%s: %s", name, status).isEqualTo(State.FAILED);
    var last = status.failures().get(status.failures().size() - 1);
    tell("%s: %s: %s", name, last.reason(), last.message());
    return last.reason() + ": " + last.message();
  }

  private String waitsFor(String name) {
    FusionTrainingStatus status =
        status(
            name,
            s -> s.conditions() != null && condition(s, "PodsReady").getMessage().contains(";"));
    String message = condition(status, "PodsReady").getMessage();
    tell("%s: %s", name, message);
    return message;
  }

  @Test
  void a_result_whose_pod_went_while_the_operator_was_down_is_told_again_without_a_step()
      throws IOException {
    apply(training("told-again", "gpu: {count: 0}, " + SMALL));
    Path run = node.run(status("told-again", s -> s.jobName() != null).runKey());
    String replicas =
        kubectl.ok("get", "deployment", Installed.NAME, "-o=jsonpath={.spec.replicas}");
    kubectl.ok("scale", "deployment", Installed.NAME, "--replicas=0");
    kubectl.ok("wait", "--for=condition=Complete", "job/" + job("told-again"), "--timeout=180s");
    List<Long> trained = StepsLog.of(run).steps();
    JsonNode result = Serialization.jsonMapper().readTree(run.resolve("result.json").toFile());
    kubectl.ok("delete", "pod", "--selector=batch.kubernetes.io/job-name=" + job("told-again"));
    assertThat(training("told-again").getStatus().completionTime()).isNull();
    kubectl.ok("scale", "deployment", Installed.NAME, "--replicas=" + replicas);

    kubectl.ok("wait", "--for=condition=Complete", "ft/told-again", "--timeout=180s");

    FusionTrainingStatus status = status("told-again", s -> s.completionTime() != null);
    assertThat(status.attempt()).isEqualTo(2);
    assertThat(status.model().sha256()).isEqualTo(result.at("/model/sha256").asText());
    double loss = result.at("/test/loss").asDouble();
    assertThat(status.test().loss()).isCloseTo(loss, within(1e-5 * loss));
    assertThat(StepsLog.of(run).steps()).isEqualTo(trained).isNotEmpty();
    assertThat(kubectl.ok("logs", "job/" + status.jobName()))
        .contains(
            "fusion-training/told-again was trained to its end before: its result is told again");
    tell("told again by %s: %s", status.jobName(), status.test());
  }

  @Test
  void what_a_run_leaves_comes_off_its_volume_whole(@TempDir Path here) throws Exception {
    apply(training("fetched", "gpu: {count: 0}, " + SMALL));
    plugin(here, "wait", "fetched");
    plugin(here, "fetch", "fetched", "model");
    plugin(here, "report", "fetched");

    Path run = node.run(status("fetched", s -> s.model() != null).runKey());
    for (String name : List.of("model.safetensors", "model.torchscript.pt", "report.html")) {
      assertThat(here.resolve("model").resolve(name)).hasSameBinaryContentAs(run.resolve(name));
    }
    assertThat(here.resolve("fetched-report.html"))
        .hasSameBinaryContentAs(run.resolve("report.html"))
        .content()
        .contains("<img src=\"data:image/png;base64,");
    assertThat(
            eventually(
                () -> kubectl.ok("get", "pods", "-l=app.kubernetes.io/component=fetch", "-o=name"),
                String::isEmpty))
        .isEmpty();
  }

  private void plugin(Path here, String... arguments) throws Exception {
    var plugin = new KubectlPlugin(node.controlPlane(), RealNode.NAMESPACE);
    Output told = KubectlPlugin.ended(plugin.started(KubectlPlugin.BY_KUBECTL, here, arguments));
    assertThat(told.exitCode()).as(told.text()).isZero();
    tell("%s: %s", String.join(" ", arguments), told.text());
  }

  private String job(String training) {
    return Objects.requireNonNull(training(training).getStatus().jobName());
  }

  /** Every line is a time, a level and a sentence; nothing of Java's own shows. */
  private static void assertReadsWell(String log) {
    assertThat(log.lines())
        .allMatch(line -> line.matches("\\d\\d:\\d\\d:\\d\\d (INFO|WARN|ERROR) .+"));
    assertThat(log).doesNotContain("Exception", "training.fusion.", "null");
  }

  private static String quickstart() throws IOException {
    String yaml = Files.readString(EXAMPLES.resolve("01-quickstart.yaml"));
    return ROUNDS > 0 ? yaml : cut(yaml, 4);
  }

  /** The quickstart under another name, cut short, with other settings of its pod and no retry. */
  private static String training(String name, String pod) throws IOException {
    String yaml = cut(Files.readString(EXAMPLES.resolve("01-quickstart.yaml")), 1);
    return yaml.substring(0, yaml.indexOf("  pod:\n")).replace("name: quickstart", "name: " + name)
        + "  pod: {"
        + pod
        + "}\n"
        + "  runPolicy: {backoffLimit: 0}\n";
  }

  private static String cut(String yaml, int epochs) {
    return yaml.replaceFirst("limit: \\{.*}", "limit: {train: 1200, validation: 50, test: 50}")
        .replaceFirst("epochs: \\d+", "epochs: " + epochs);
  }

  private void apply(String yaml) {
    Kubectl.succeeded(kubectl.given(yaml, "apply", "-f", "-"));
  }

  private FusionTraining training(String name) {
    return node.controlPlane()
        .client()
        .resources(FusionTraining.class)
        .inNamespace(RealNode.NAMESPACE)
        .withName(name)
        .get();
  }

  private FusionTrainingStatus status(String name, Predicate<FusionTrainingStatus> wanted) {
    FusionTrainingStatus status =
        eventually(() -> training(name).getStatus(), s -> s != null && wanted.test(s));
    assertThat(status).as(() -> kubectl.ok("describe", "ft,pods")).matches(wanted);
    return status;
  }

  private List<Pod> pods(String training) {
    return node
        .controlPlane()
        .client()
        .pods()
        .inNamespace(RealNode.NAMESPACE)
        .withLabel(ATTEMPT)
        .list()
        .getItems()
        .stream()
        .filter(pod -> training.equals(Trainings.nameIn(pod)))
        .toList();
  }

  /** A figure for docs/evidence/real-node.md. */
  private static void tell(String format, Object... values) {
    if (ROUNDS > 0) {
      System.out.printf("real node: " + format + "%n", values);
    }
  }
}
