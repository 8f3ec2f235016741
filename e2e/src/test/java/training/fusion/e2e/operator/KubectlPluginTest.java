package training.fusion.e2e.operator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static training.fusion.e2e.cluster.Eventually.eventually;
import static training.fusion.e2e.cluster.KubectlPlugin.BY_KUBECTL;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.ControlPlane.Output;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.KubectlPlugin;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.cluster.Volumes;

/**
 * What a person, or a pipeline, sees who has {@code kubectl fusion} and no other program of ours.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
class KubectlPluginTest {
  private static final Path RIGHTS = KubectlPlugin.FOLDER.resolve("rights.yaml");

  @TempDir private Path folder;

  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private final Kubectl kubectl;
  private final KubectlPlugin plugin;
  private ShippedOperator operator;

  KubectlPluginTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "plugin");
    kubectl = new Kubectl(controlPlane, trainings.namespace);
    plugin = new KubectlPlugin(controlPlane, trainings.namespace);
  }

  @BeforeEach
  void start() throws IOException {
    Volumes.awaitBound(controlPlane, trainings.namespace);
    operator = new ShippedOperator(controlPlane, trainings.namespace, List.of());
  }

  @AfterEach
  void stop() {
    operator.close();
    trainings.close();
  }

  /** In bash, and in the shells of Debian and Alpine. */
  @ParameterizedTest
  @ValueSource(strings = {"bash --posix", "dash", "busybox sh"})
  void wait_ends_with_0_once_all_have_succeeded_and_tells_their_figures(String shell)
      throws Exception {
    String program = shell.split(" ", -1)[0];
    assumeTrue(
        Files.exists(Path.of("/bin", program)) || Files.exists(Path.of("/usr/bin", program)));
    trainings.create("one", "200ms");
    trainings.create("two", "200ms");

    Output told = ended(started(shell, "wait", "one", "ft/two", "--timeout=2m"));

    assertThat(told.text())
        .contains("one: Succeeded: Test accuracy ", "two: Succeeded: Test accuracy ")
        .contains("model.safetensors (sha256 " + new SimulatedFigures("one").modelSha256() + ")");
    assertThat(told.text().lines().filter(line -> line.startsWith("one: ")))
        .as("what it says once")
        .doesNotHaveDuplicates();
    assertThat(told.exitCode()).isZero();
  }

  @Test
  void wait_shows_how_it_goes_and_ends_with_1_as_soon_as_one_has_failed() throws Exception {
    trainings.create("other-runs", "200ms");
    Process waiting = started(BY_KUBECTL, "wait", "bad-fails-65", "other-runs");
    assertThat(ended(waiting).exitCode()).as("not there").isEqualTo(64);
    trainings.create("bad-fails-65", "200ms");

    Output told = ended(started(BY_KUBECTL, "wait", "bad-fails-65", "other-runs"));

    assertThat(told.text())
        .contains("bad-fails-65: Failed: Diverged: simulated: this trainer ends with exit code 65");
    assertThat(told.exitCode()).isEqualTo(1);
    assertThat(trainings.get("other-runs").getStatus().completionTime()).isNull();
  }

  @Test
  void wait_is_about_the_spec_that_was_applied_and_not_about_an_earlier_run_s_end()
      throws Exception {
    trainings.create("again", "200ms");
    trainings.succeeded("again");
    operator.kill(); // whoever applies and waits is faster than an operator may be
    trainings.patch("again", Map.of("spec", Map.of("runId", "second")));
    assertThat(ended(started(BY_KUBECTL, "wait", "again", "--timeout=2s")).exitCode())
        .isEqualTo(124);
    operator.startAgain();

    assertThat(ended(started(BY_KUBECTL, "wait", "again")).exitCode()).isZero();
    assertThat(trainings.get("again").getStatus().runId()).isEqualTo("second");
  }

  @Test
  void wait_goes_on_through_suspend_and_resume_and_ends_with_what_was_deleted() throws Exception {
    trainings.create("vision-runs", "200ms");
    trainings.state("vision-runs", State.RUNNING);
    Process waiting = started(BY_KUBECTL, "wait", "vision-runs");
    assertThat(ended(started(BY_KUBECTL, "suspend", "vision-runs")).exitCode()).isZero();
    trainings.state("vision-runs", State.SUSPENDED);
    assertThat(ended(started(BY_KUBECTL, "resume", "vision-runs")).exitCode()).isZero();
    trainings.running("vision-runs");
    trainings.state("vision-runs", State.RUNNING);
    trainings.delete("vision-runs");

    Output told = ended(waiting);

    assertThat(told.text())
        .containsSubsequence(
            "vision-runs: Suspended", "vision-runs: Running", "vision-runs is gone");
    assertThat(told.exitCode()).isEqualTo(1);
  }

  @Test
  void signals_end_it_with_their_codes_and_no_process_stays() throws Exception {
    trainings.create("vision-runs", "200ms");
    trainings.state("vision-runs", State.RUNNING);
    Process waiting = started(BY_KUBECTL, "wait", "vision-runs");
    List<ProcessHandle> kubectls =
        eventually(
            () -> waiting.descendants().filter(ProcessHandle::isAlive).toList(),
            all -> all.size() >= 2);

    waiting.destroy();

    assertThat(waiting.waitFor()).isEqualTo(143);
    assertThat(
            eventually(() -> kubectls.stream().anyMatch(ProcessHandle::isAlive), alive -> !alive))
        .isFalse();
  }

  @Test
  void compare_tells_figures_and_the_fields_that_differ() throws Exception {
    trainings.create("one", "200ms");
    trainings.create(
        "two",
        "200ms",
        spec -> {
          spec.withObject("/training").put("epochs", 7);
          spec.withObject("/training/schedule").put("type", "Constant");
        });
    trainings.succeeded("one");
    trainings.succeeded("two");

    String told = Kubectl.succeeded(ended(started(BY_KUBECTL, "compare", "one", "two")));

    assertThat(told.lines().map(line -> line.strip().replaceAll(" +", " ")))
        .contains("FIELD one two", "training.epochs 3 7", "training.schedule.type - Constant")
        .anyMatch(line -> line.matches("one Succeeded .* 3 Test 0\\.\\d+ .*"))
        .noneMatch(line -> line.startsWith("model.architecture"));
  }

  @Test
  void logs_are_the_newest_pod_s() throws Exception {
    trainings.create("vision-runs", "200ms");
    Pod pod = trainings.running("vision-runs");

    Output told = ended(started(BY_KUBECTL, "logs", "vision-runs", "--tail", "3", "-p"));

    // a simulated node has no log; it is asked for this one's
    assertThat(told.text()).contains(pod.getMetadata().getName());
  }

  @Test
  void an_API_server_that_is_away_is_told_by_75() throws Exception {
    for (String verb : List.of("logs", "report", "suspend")) {
      Output told = ended(started(BY_KUBECTL, verb, "one", "--server=https://127.0.0.1:1"));
      assertThat(told.exitCode()).as(verb + ": " + told.text()).isEqualTo(75);
    }
  }

  @Test
  void it_is_packed_for_krew_with_its_sum() throws Exception {
    Process packing =
        new ProcessBuilder(
                "sh",
                KubectlPlugin.FOLDER.resolve("krew").toString(),
                ".",
                "https://files.example/v1")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    assertThat(ended(packing).text().strip()).isEqualTo("./fusion.yaml");

    JsonNode manifest = Serialization.yamlMapper().readTree(folder.resolve("fusion.yaml").toFile());
    assertThat(manifest.at("/metadata/name").asText()).isEqualTo("fusion");
    assertThat(manifest.at("/spec/platforms")).hasSize(4);
    for (JsonNode platform : manifest.at("/spec/platforms")) {
      String address = platform.path("uri").asText();
      assertThat(address).startsWith("https://files.example/v1/kubectl-fusion-");
      Path archive = folder.resolve(address.substring(address.lastIndexOf('/') + 1));
      byte[] sum = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(archive));
      assertThat(platform.path("sha256").asText()).isEqualTo(HexFormat.of().formatHex(sum));
    }
  }

  /** What docs/kubectl.md says that each command takes: the Roles there, and nothing else. */
  @Test
  void who_has_the_rights_of_the_page_can_do_what_it_says_and_no_more() throws Exception {
    kubectl.ok("apply", "-f", RIGHTS.toString());
    for (String role : List.of("follow", "steer", "fetch")) {
      kubectl.ok("create", "rolebinding", role, "--role=fusion-" + role, "--user=" + role + "er");
    }
    trainings.create("vision-runs", "200ms");
    trainings.state("vision-runs", State.RUNNING);

    assertThat(as("follower", "wait", "vision-runs", "--timeout=02s").exitCode()).isEqualTo(124);
    assertThat(as("follower", "suspend", "vision-runs"))
        .matches(it -> it.text().contains("cannot patch"))
        .matches(it -> it.exitCode() == 64);
    assertThat(as("follower", "logs", "vision-runs").text()).contains("pod").doesNotContain("forb");
    assertThat(as("steerer", "suspend", "vision-runs").exitCode()).isZero();
    assertThat(as("follower", "fetch", "vision-runs", folder.resolve("a").toString()))
        .matches(it -> it.text().contains("cannot create resource \"pods\""))
        .matches(it -> it.exitCode() == 64);
    for (String verb : List.of("wait", "logs", "report", "suspend")) {
      assertThat(as("nobody", verb, "vision-runs").exitCode()).as(verb).isEqualTo(64);
    }
  }

  private Output as(String user, String... arguments) throws Exception {
    var all = new ArrayList<>(List.of(arguments));
    all.add("--as=" + user);
    return ended(started(BY_KUBECTL, all.toArray(String[]::new)));
  }

  private Process started(String shell, String... arguments) throws IOException {
    return plugin.started(shell, folder, arguments);
  }

  private static Output ended(Process process) throws Exception {
    return KubectlPlugin.ended(process);
  }
}
