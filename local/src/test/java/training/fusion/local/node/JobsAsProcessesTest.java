package training.fusion.local.node;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.local.Eventually.eventually;

import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.local.api.EmbeddedApi;
import training.fusion.local.job.JobController;

@Tag("process")
@DisplayName("A Job, its pods and their processes")
class JobsAsProcessesTest {
  /** A container's process: runs what its variable SCRIPT says. */
  /** What is eval'd has the number of processors as $1. */
  private static List<String> shell(@Nullable Integer processors, Duration grace) {
    return List.of("/bin/sh", "-c", "eval \"$FUSION_SCRIPT\"", "sh", String.valueOf(processors));
  }

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  Path folder;

  @SuppressWarnings("NullAway.Init")
  private EmbeddedApi api;

  @SuppressWarnings("NullAway.Init")
  private KubernetesClient client;

  @SuppressWarnings("NullAway.Init")
  private JobController jobs;

  @SuppressWarnings("NullAway.Init")
  private ProcessNode node;

  @BeforeEach
  void start() {
    api = new EmbeddedApi(List.of());
    client = api.client();
    jobs = new JobController(client, Duration.ofMillis(50));
    node = new ProcessNode(client, settings(2, JobsAsProcessesTest::shell));
  }

  private NodeSettings settings(int cores, NodeSettings.Program program) {
    return new NodeSettings(
        "here",
        true,
        cores,
        0,
        program,
        Map.of("MACHINE", "this"),
        new Claims(Map.of(), folder.resolve("samples"), folder.resolve("volumes")),
        (pod, audience, lifetime) ->
            api.tokens().token(pod.getMetadata(), "default", audience, lifetime),
        folder.resolve("logs"),
        folder.resolve("pods"));
  }

  @AfterEach
  void stop() {
    jobs.close();
    node.close();
    client.close();
    api.close();
  }

  @Test
  @DisplayName("A pod's end becomes the Job's: status, times, termination message, log")
  void success() throws IOException {
    create("good", "echo computing; echo result > $FUSION_MESSAGE; exit 0");
    Job job = ended("good");
    assertThat(conditions(job)).containsExactly("SuccessCriteriaMet", "Complete");
    assertThat(job.getStatus().getSucceeded()).isEqualTo(1);
    assertThat(job.getStatus().getFailed()).isNull();
    assertThat(job.getStatus().getStartTime()).endsWith("Z");
    assertThat(job.getStatus().getCompletionTime()).endsWith("Z");
    Pod pod = pods("good").get(0);
    assertThat(pod.getStatus().getPhase()).isEqualTo("Succeeded");
    var terminated = pod.getStatus().getContainerStatuses().get(0).getState().getTerminated();
    assertThat(terminated.getExitCode()).isZero();
    assertThat(terminated.getReason()).isEqualTo("Completed");
    assertThat(terminated.getMessage()).isEqualTo("result\n");
    assertThat(Files.readString(log(pod))).isEqualTo("computing\n");
    assertThat(pod.getMetadata().getLabels())
        .containsEntry("batch.kubernetes.io/job-name", "good")
        .containsEntry("batch.kubernetes.io/controller-uid", job.getMetadata().getUid());
  }

  @Test
  @DisplayName("A failed pod is followed by another until backoffLimit is exceeded")
  void outOfRetries() {
    create("bad", "exit 70");
    Job job = ended("bad");
    assertThat(conditions(job)).containsExactly("FailureTarget", "Failed");
    assertThat(condition(job, "Failed").getReason()).isEqualTo("BackoffLimitExceeded");
    assertThat(job.getStatus().getFailed()).isEqualTo(3);
    assertThat(pods("bad")).hasSize(3);
  }

  @Test
  @DisplayName("An exit code that podFailurePolicy calls hopeless ends the Job at once")
  void hopeless() {
    create("hopeless", "exit 64");
    Job job = ended("hopeless");
    assertThat(condition(job, "Failed").getReason()).isEqualTo("PodFailurePolicy");
    assertThat(condition(job, "Failed").getMessage())
        .contains("Container trainer for pod default/hopeless-")
        .contains("failed with exit code 64 matching FailJob rule at index 0");
    assertThat(pods("hopeless")).hasSize(1);
  }

  @Test
  @DisplayName(
      "What a pod leaves in a claim, the next pod finds; what it leaves in scratch is gone")
  void claim() {
    create(
        "again",
        "test -e $FUSION_KEPT/seen && exit 0; touch $FUSION_KEPT/seen; touch $FUSION_SCRATCH/seen;"
            + " exit 75");
    assertThat(conditions(ended("again"))).contains("Complete");
    assertThat(folder.resolve("volumes/kept/run-1/seen")).exists();
    eventually(
        "scratch is gone",
        () -> Optional.ofNullable(folder.resolve("pods").toFile().list()),
        left -> left.orElseThrow().length == 0);
    assertThat(pods("again")).hasSize(2);
  }

  @Test
  @DisplayName("A variable's value is what the kubelet makes of it")
  void expansion() throws IOException {
    Job job = job("expanded", "printf '%s' \"$FUSION_TEXT\"");
    var container = job.getSpec().getTemplate().getSpec().getContainers().get(0);
    container.getEnv().add(new EnvVar("FUSION_FIRST", "$(FUSION_KEPT)-$$1", null));
    container
        .getEnv()
        .add(
            new EnvVar(
                "FUSION_TEXT",
                "$(FUSION_FIRST) $$(FUSION_FIRST) $$$(FUSION_FIRST) $(NONE) $(FUSION_LAST) $( $x $"
                    + " $$$$ 100$",
                null));
    container.getEnv().add(new EnvVar("FUSION_LAST", "later", null));
    client.resource(job).create();
    assertThat(conditions(ended("expanded"))).contains("Complete");
    String first = folder.resolve("volumes/kept/run-1").toRealPath() + "-$1";
    // as k8s.io/kubernetes/third_party/forked/golang/expansion has it
    assertThat(Files.readString(log(pods("expanded").get(0))))
        .isEqualTo(
            "%s $(FUSION_FIRST) $%s $(NONE) $(FUSION_LAST) $( $x $ $$ 100$"
                .formatted(first, first));
  }

  @Test
  @DisplayName("The token in the pod's file is bound to the pod")
  void token() throws IOException {
    create("token", "cat $FUSION_TOKEN");
    ended("token");
    Pod pod = pods("token").get(0);
    var parts = Files.readString(log(pod)).split("\\.");
    assertThat(parts).hasSize(3);
    assertThat(new String(Base64.getUrlDecoder().decode(parts[1]), StandardCharsets.UTF_8))
        .contains("\"uid\":\"" + pod.getMetadata().getUid() + "\"")
        .contains("\"aud\":\"fusion-training\"");
  }

  @Test
  @DisplayName("A pod's token, folder and log are for nobody else on the machine")
  void owner() throws IOException {
    create("private", "umask; ls -lL $FUSION_TOKEN; ls -ld .");
    ended("private");
    Pod pod = pods("private").get(0);
    assertThat(Files.readString(log(pod)).lines().skip(1).map(line -> line.substring(0, 10)))
        .containsExactly("-rw-------", "drwx------");
    assertThat(Files.getPosixFilePermissions(folder.resolve("logs")))
        .isEqualTo(PosixFilePermissions.fromString("rwx------"));
  }

  @Test
  @DisplayName("A variable that could run a stranger's code keeps a pod from starting")
  void variables() {
    Job job = job("preloaded", "touch $FUSION_KEPT/ran");
    job.getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .get(0)
        .getEnv()
        .add(new EnvVar("LD_PRELOAD", "none.so", null));
    client.resource(job).create();
    eventually("a refusal", () -> node.refusals().values(), why -> !why.isEmpty());
    assertThat(node.refusals().values())
        .singleElement()
        .asString()
        .startsWith("pod.env: LD_PRELOAD can't be set by a file here");
    assertThat(folder.resolve("volumes/kept/run-1/ran")).doesNotExist();
  }

  @Test
  @DisplayName("A deleted Job's pod gets SIGTERM and time to save before it is gone")
  void deletion() {
    create(
        "deleted",
        "trap 'touch $FUSION_KEPT/saved; exit 143' TERM; touch $FUSION_KEPT/up; while :; do sleep"
            + " 0.05; done");
    eventually("trap", () -> folder.resolve("volumes/kept/run-1/up"), Files::exists);
    client
        .batch()
        .v1()
        .jobs()
        .withName("deleted")
        .withPropagationPolicy(DeletionPropagation.FOREGROUND)
        .delete();
    eventually("Job gone", () -> Optional.ofNullable(job("deleted")), Optional::isEmpty);
    assertThat(folder.resolve("volumes/kept/run-1/saved")).exists();
    assertThat(pods("deleted")).isEmpty();
  }

  @Test
  @DisplayName("A pod that is to end keeps its leash: it is not taken for one whose node died")
  void leash() {
    create(
        "leashed",
        "trap 'bash -c \"read -t 0.2 end; test \\$? -gt 128\" && touch $FUSION_KEPT/held; exit 143'"
            + " TERM; touch $FUSION_KEPT/up; while :; do sleep 0.05; done");
    eventually("trap", () -> folder.resolve("volumes/kept/run-1/up"), Files::exists);
    node.close();
    assertThat(folder.resolve("volumes/kept/run-1/held")).exists();
  }

  @Test
  @DisplayName("A pod that is being started while the node closes is ended like the others")
  void startedLate() throws InterruptedException {
    node.close();
    var late = new AtomicReference<ProcessNode>();
    var closer = new Thread(() -> Objects.requireNonNull(late.get()).close());
    NodeSettings.Program slow =
        (processors, grace) -> {
          closer.start();
          eventually("closing waits", closer::getState, Thread.State.TIMED_WAITING::equals);
          return shell(processors, grace);
        };
    late.set(new ProcessNode(client, settings(2, slow)));
    create("late", "trap 'exit 143' TERM; while :; do sleep 0.05; done");
    eventually("the pod's start", closer::getState, state -> state != Thread.State.NEW);
    closer.join();
    assertThat(Objects.requireNonNull(late.get()).processes()).isEmpty();
    assertThat(phase("late")).isEqualTo("Failed");
  }

  @Test
  @DisplayName("A suspended Job ends its pod without counting it, and goes on when resumed")
  void suspend() {
    create(
        "pause",
        "test -e $FUSION_KEPT/up && exit 0; trap 'exit 143' TERM; touch $FUSION_KEPT/up; while :;"
            + " do sleep 0.05; done");
    eventually("trap", () -> folder.resolve("volumes/kept/run-1/up"), Files::exists);
    suspend("pause", true);
    eventually("no pod", () -> pods("pause"), List::isEmpty);
    assertThat(condition(job("pause"), "Suspended").getStatus()).isEqualTo("True");
    suspend("pause", false);
    Job job = ended("pause");
    assertThat(conditions(job)).contains("Complete");
    assertThat(job.getStatus().getFailed()).isNull();
  }

  @Test
  @DisplayName("A GPU and a claim without a folder are waited for, and the pod says what to do")
  void pending() {
    Job gpu = job("gpu", "exit 0");
    gpu.getSpec()
        .getTemplate()
        .getSpec()
        .getContainers()
        .get(0)
        .getResources()
        .setLimits(Map.of("nvidia.com/gpu", new Quantity("1")));
    client.resource(gpu).create();
    assertThat(unschedulable("gpu"))
        .isEqualTo(
            "this machine has no nvidia.com/gpu for trainings; pod.gpu.count: 0 trains on the CPU,"
                + " and ./fusion --cuda run on an NVIDIA GPU of this machine");
    Job data = job("data", "exit 0");
    data.getSpec().getTemplate().getSpec().getContainers().get(0).getVolumeMounts().stream()
        .filter(mount -> mount.getName().equals("kept"))
        .forEach(mount -> mount.setReadOnly(true));
    client.resource(data).create();
    assertThat(unschedulable("data"))
        .isEqualTo(
            "claim kept has no folder on this machine: %s does not exist; give one with --volume kept=PATH"
                .formatted(folder.resolve("samples/kept")));
  }

  @Test
  @DisplayName("Pods share the machine's cores; one that does not fit waits")
  void cores() throws IOException {
    create("first", "while ! test -e $FUSION_KEPT/go; do sleep 0.05; done", "2");
    eventually("running", () -> phase("first"), "Running"::equals);
    create("second", "exit 0", "2");
    assertThat(unschedulable("second")).startsWith("all 2 cores of this machine are taken");
    Files.createFile(folder.resolve("volumes/kept/run-1/go"));
    assertThat(conditions(ended("second"))).contains("Complete");
  }

  @Test
  @DisplayName("A pod's limit of processors is the trainer's, rounded up, where there are more")
  void limit() throws IOException {
    for (var limit : Map.of("500m", "1", "1", "1", "2", "null", "64", "null").entrySet()) {
      String name = "limited-to-" + limit.getKey();
      Job job = job(name, "echo $1 processors");
      resources(job).setLimits(Map.of("cpu", new Quantity(limit.getKey())));
      client.resource(job).create();
      ended(name);
      assertThat(Files.readString(log(pods(name).get(0))))
          .isEqualTo(limit.getValue() + " processors\n");
    }
  }

  private void create(String name, String script) {
    create(name, script, "1");
  }

  private void create(String name, String script, String cpu) {
    Job job = job(name, script);
    resources(job).setRequests(Map.of("cpu", new Quantity(cpu)));
    client.resource(job).create();
  }

  private static ResourceRequirements resources(Job job) {
    return job.getSpec().getTemplate().getSpec().getContainers().get(0).getResources();
  }

  private static Job job(String name, String script) {
    return new JobBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .withBackoffLimit(2)
        .withPodReplacementPolicy("Failed")
        .withNewPodFailurePolicy()
        .addNewRule()
        .withAction("FailJob")
        .withNewOnExitCodes()
        .withContainerName("trainer")
        .withOperator("In")
        .withValues(64, 65)
        .endOnExitCodes()
        .endRule()
        .endPodFailurePolicy()
        .withNewTemplate()
        .withNewMetadata()
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .addNewVolume()
        .withName("kept")
        .withNewPersistentVolumeClaim("kept", false)
        .endVolume()
        .addNewVolume()
        .withName("scratch")
        .withNewEmptyDir()
        .endEmptyDir()
        .endVolume()
        .addNewVolume()
        .withName("token")
        .withNewProjected()
        .addNewSource()
        .withNewServiceAccountToken("fusion-training", 3600L, "token")
        .endSource()
        .endProjected()
        .endVolume()
        .addNewContainer()
        .withName("trainer")
        .withImage("shell")
        .withNewResources()
        .endResources()
        .addNewEnv()
        .withName("FUSION_SCRIPT")
        .withValue(script)
        .endEnv()
        .addNewEnv()
        .withName("FUSION_KEPT")
        .withValue("/kept")
        .endEnv()
        .addNewEnv()
        .withName("FUSION_SCRATCH")
        .withValue("/scratch")
        .endEnv()
        .addNewEnv()
        .withName("FUSION_TOKEN")
        .withValue("/token/token")
        .endEnv()
        .addNewEnv()
        .withName("FUSION_MESSAGE")
        .withValue("/dev/termination-log")
        .endEnv()
        .addNewVolumeMount()
        .withName("kept")
        .withMountPath("/kept")
        .withSubPath("run-1")
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("scratch")
        .withMountPath("/scratch")
        .endVolumeMount()
        .addNewVolumeMount()
        .withName("token")
        .withMountPath("/token")
        .withReadOnly(true)
        .endVolumeMount()
        .endContainer()
        .endSpec()
        .endTemplate()
        .endSpec()
        .build();
  }

  private Job job(String name) {
    return client.batch().v1().jobs().withName(name).get();
  }

  private void suspend(String name, boolean suspend) {
    // a merge patch without resourceVersion: the controller writes the same Job at the same time
    client
        .batch()
        .v1()
        .jobs()
        .withName(name)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"suspend\":%s}}".formatted(suspend));
  }

  private Job ended(String name) {
    return eventually(
        "end of Job " + name,
        () -> job(name),
        job -> conditions(job).stream().anyMatch(List.of("Complete", "Failed")::contains));
  }

  private static List<String> conditions(Job job) {
    return job.getStatus() == null
        ? List.of()
        : job.getStatus().getConditions().stream()
            .filter(condition -> condition.getStatus().equals("True"))
            .map(JobCondition::getType)
            .toList();
  }

  private static JobCondition condition(Job job, String type) {
    return job.getStatus().getConditions().stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private List<Pod> pods(String job) {
    return client.pods().withLabel("job-name", job).list().getItems().stream()
        .sorted(Comparator.comparing(pod -> pod.getMetadata().getCreationTimestamp()))
        .toList();
  }

  private String phase(String job) {
    return pods(job).stream()
        .filter(pod -> pod.getStatus() != null)
        .map(pod -> Objects.requireNonNullElse(pod.getStatus().getPhase(), ""))
        .findFirst()
        .orElse("");
  }

  private String unschedulable(String job) {
    return eventually(
            "unschedulable " + job,
            () ->
                pods(job).stream()
                    .filter(pod -> pod.getStatus() != null)
                    .flatMap(pod -> pod.getStatus().getConditions().stream())
                    .filter(condition -> "Unschedulable".equals(condition.getReason()))
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow()
        .getMessage();
  }

  private Path log(Pod pod) {
    return folder.resolve("logs").resolve(pod.getMetadata().getName() + ".log");
  }
}
