package training.fusion.e2e.faults;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.Kubectl;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;
import training.fusion.e2e.sweep.Sweeps;

/** Fifty trainings and sweeps that others stand in the way of, each in its own manner. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("What is stuck")
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class StuckTest {
  private static final String OPERATOR = "operator-of-the-stuck";
  private static final Duration WINDOW = Duration.ofSeconds(Integer.getInteger("stuck.window", 60));

  /**
   * Of one object, in the window: one in two seconds. What was told last is still asked for after
   * one, two, four seconds when the window begins, and a sweep's results are several requests.
   */
  private static final long MOST_REQUESTS = WINDOW.toSeconds() / 2;

  private static final int OF_EACH = 2;

  /** What a sweep says whose trials have all ended, so that only what is stuck is counted. */
  private static final String ENDED = "8 of 8 trials have succeeded, 0 failed, 0 run; ";

  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private final Trainings jobQuota;
  private final Trainings podQuota;
  private final Trainings smallMemory;
  private final Trainings trialQuota;
  private final Trainings mapQuota;
  private final Map<String, Stuck> stuck = new LinkedHashMap<>();
  private ShippedOperator operator;

  /** One, and what its condition is to say. */
  private record Stuck(Trainings at, boolean sweep, String reason, String words) {}

  StuckTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "stuck");
    jobQuota = new Trainings(controlPlane, "stuck-jobs");
    podQuota = new Trainings(controlPlane, "stuck-pods");
    smallMemory = new Trainings(controlPlane, "stuck-memory");
    trialQuota = new Trainings(controlPlane, "stuck-trials");
    mapQuota = new Trainings(controlPlane, "stuck-maps");
  }

  private List<Trainings> all() {
    return List.of(trainings, jobQuota, podQuota, smallMemory, trialQuota, mapQuota);
  }

  private Obstacles obstacles(Trainings at) {
    return new Obstacles(controlPlane, at.namespace);
  }

  private Sweeps sweeps(Trainings at) {
    return new Sweeps(controlPlane, at.namespace);
  }

  @BeforeAll
  void start() throws IOException {
    obstacles(jobQuota).quota("count/jobs.batch", 0);
    obstacles(podQuota).quota("pods", 0);
    obstacles(smallMemory).largestMemory("1Mi");
    obstacles(trialQuota).quota("count/fusiontrainings.fusion.training", 2);
    obstacles(mapQuota).quota("count/configmaps", 0);
    obstacles(trainings).policy("batch", "jobs", "policy-");
    obstacles(trainings).policy("fusion.training", "fusiontrainings", "forbidden-");
    obstacles(trainings).deadWebhook("webhook-");
    operator =
        new ShippedOperator(
            controlPlane.kubeconfig(),
            List.of(
                "fusion.namespaces="
                    + String.join(",", all().stream().map(it -> it.namespace).toList()),
                "kubernetes.user.agent=" + OPERATOR));
    stuckTrainings();
    stuckSweeps();
  }

  @AfterAll
  void end() {
    if (operator != null) {
      operator.close();
    }
    obstacles(trainings).clear();
    all().forEach(Trainings::close);
  }

  private void stuckTrainings() {
    trainings(jobQuota, "quota", "JobRefused", "exceeded quota: most", spec -> {});
    trainings(trainings, "policy", "JobRefused", "nothing named policy- here", spec -> {});
    trainings(trainings, "webhook", "JobRefused", "failed calling webhook", spec -> {});
    trainings(podQuota, "no-room", "NoPod", "can't make its pod: exceeded quota: most", spec -> {});
    trainings(
        smallMemory,
        "large",
        "NoPod",
        "can't make its pod: spec.containers[0].resources.requests: Invalid value: \"4Gi\"",
        spec -> {});
    trainings(
        trainings,
        "no-account",
        "NoPod",
        "serviceaccount \"absent\" not found; see spec.pod.serviceAccountName",
        spec -> spec.withObject("/pod").put("serviceAccountName", "absent"));
    trainings(
        trainings,
        "no-class",
        "NoPod",
        "RuntimeClass \"absent\" not found; see spec.pod.runtimeClassName",
        spec -> spec.withObject("/pod").put("runtimeClassName", "absent"));
    trainings(
        trainings,
        "no-priority",
        "NoPod",
        "no PriorityClass with name absent was found; see spec.pod.priorityClassName",
        spec -> spec.withObject("/pod").put("priorityClassName", "absent"));
    trainings(
        trainings,
        "impatient",
        "PendingDeadlineExceeded",
        "no pod within spec.runPolicy.pendingDeadlineSeconds: the Job can't make its pod: error"
            + " looking up service account",
        spec -> {
          spec.withObject("/pod").put("serviceAccountName", "absent");
          spec.withObject("/runPolicy").put("pendingDeadlineSeconds", 32);
        });
    trainings(
        trainings,
        "nowhere",
        "Unschedulable",
        "no node takes the pod",
        spec -> spec.withObject("/pod/nodeSelector").put("nowhere", "at-all"));
    trainings(
        trainings,
        "too-wide",
        "Unschedulable",
        "Insufficient cpu",
        spec -> spec.withObject("/pod/resources/requests").put("cpu", "1000"));
    trainings(
        trainings,
        "no-scheduler",
        "Creating",
        "it is nobody, as spec.pod.schedulerName says",
        spec -> spec.withObject("/pod").put("schedulerName", "nobody"));
    trainings(
        trainings,
        "no-claim",
        "Unschedulable",
        "PersistentVolumeClaim absent does not exist",
        spec ->
            spec.withObject("/checkpoint/volume/persistentVolumeClaim").put("claimName", "absent"));
    for (int number = 1; number <= OF_EACH; number++) {
      training(
          trainings,
          "lost-" + number + "-image-missing",
          "ErrImagePull",
          "could not be had",
          spec -> {});
    }
    trainings(
        trainings,
        "invalid",
        "JobInvalid",
        "tolerations[0].operator",
        spec ->
            spec.withObject("/pod")
                .withArray("tolerations")
                .addObject()
                .put("key", "a")
                .put("operator", "Exists")
                .put("value", "b"));
    trainings(
        trainings,
        "paused",
        "Suspended",
        "spec.suspend is true",
        spec -> spec.put("suspend", true));
    for (int number = 1; number <= OF_EACH; number++) {
      nameTaken("taken-" + number, "NameTaken", "is there and is not this FusionTraining's");
      nameTaken(
          "in-use-" + number,
          "NameInUse",
          "is being deleted; its name is waited for",
          Obstacles.KEEP);
    }
  }

  private void trainings(
      Trainings at, String name, String reason, String words, Consumer<ObjectNode> change) {
    for (int number = 1; number <= OF_EACH; number++) {
      training(at, name + "-" + number, reason, words, change);
    }
  }

  private void training(
      Trainings at, String name, String reason, String words, Consumer<ObjectNode> change) {
    at.create(name, "1h", change);
    stuck.put(name, new Stuck(at, false, reason, words));
  }

  /** Its Job has a name that nobody else can know of before. */
  private void nameTaken(String name, String reason, String words, String... finalizers) {
    trainings.create(name, "1h", spec -> spec.put("suspend", true));
    String run = trainings.state(name, State.SUSPENDED).runKey();
    String job = name + "-" + run + "-1";
    obstacles(trainings).job(job, finalizers);
    if (finalizers.length > 0) {
      controlPlane
          .client()
          .batch()
          .v1()
          .jobs()
          .inNamespace(trainings.namespace)
          .withName(job)
          .delete();
    }
    trainings.patch(name, Map.of("spec", Map.of("suspend", false)));
    stuck.put(name, new Stuck(trainings, false, reason, words));
  }

  private void stuckSweeps() {
    for (int number = 1; number <= OF_EACH; number++) {
      String report = "reported-" + number;
      obstacles(trainings).configMap(report + "-report");
      sweep(
          trainings,
          report,
          "NameTaken",
          ENDED + "ConfigMap " + report + "-report is there and is not");
      String rows = "rowed-" + number;
      obstacles(trainings).configMap(rows + "-rows-0");
      sweep(
          trainings,
          rows,
          "NameTaken",
          ENDED + "ConfigMap " + rows + "-rows-0 is there and is not this");
      orphaned("orphaned-" + number);
      sweep(trainings, "forbidden-" + number, "Refused", "nothing named forbidden- here");
      sweep(trialQuota, "quota-" + number + "-sweep", "Refused", "exceeded quota: most");
      sweep(mapQuota, "unkept-" + number, "Refused", ENDED + "the API server refused to make");
      frozen("frozen-" + number);
    }
  }

  private void sweep(Trainings at, String name, String reason, String words) {
    sweeps(at).create(name, 2, 1, "200ms");
    stuck.put(name, new Stuck(at, true, reason, words));
  }

  /** Trials of an earlier sweep that was deleted without them. */
  private void orphaned(String name) {
    sweeps(trainings).create(name, Sweeps.CELLS, 1, "200ms");
    eventually(() -> sweeps(trainings).trials(name).size(), size -> size == Sweeps.CELLS);
    new Kubectl(controlPlane, trainings.namespace)
        .ok("delete", "fusionsweep", name, "--cascade=orphan");
    sweep(trainings, name, "NameTaken", "FusionTraining " + name);
  }

  /** Its report may not be changed any more, and would have to be. */
  private void frozen(String name) {
    var kubectl = new Kubectl(controlPlane, trainings.namespace);
    sweeps(trainings).create(name, Sweeps.CELLS, 1, "200ms");
    sweeps(trainings).state(name, FusionSweepStatus.State.SUCCEEDED);
    kubectl.ok("patch", "configmap", name + "-report", "--patch={\"immutable\":true}");
    sweeps(trainings).patch(name, "{\"matrix\":{\"seeds\":[1,2]}}");
    stuck.put(
        name,
        new Stuck(
            trainings,
            true,
            "Refused",
            "16 of 16 trials have succeeded, 0 failed, 0 run; the API server refused to change"));
  }

  @Test
  @Order(1)
  @DisplayName("says why, by itself")
  void told() {
    stuck.forEach(
        (name, it) ->
            assertThat(eventually(() -> said(name, it), said -> isTold(it, said)))
                .as(name)
                .matches(said -> isTold(it, said), it.toString()));
    assertThat(stuck).hasSizeGreaterThanOrEqualTo(50);
  }

  private List<Condition> said(String name, Stuck it) {
    if (it.sweep) {
      FusionSweepStatus status = sweeps(it.at).get(name).getStatus();
      return status.conditions() == null ? List.of() : status.conditions();
    }
    FusionTrainingStatus status = it.at.get(name).getStatus();
    return status.conditions() == null ? List.of() : status.conditions();
  }

  private static boolean isTold(Stuck it, List<? extends Condition> said) {
    return said.stream()
        .filter(condition -> "True".equals(condition.getStatus()))
        .anyMatch(
            condition ->
                it.reason.equals(condition.getReason())
                    && condition.getMessage().contains(it.words));
  }

  @Test
  @Order(2)
  @DisplayName("costs a request every few seconds at most, and the others nothing: they run")
  void quiet() {
    int before = requests().size();
    Instant end = Instant.now().plus(WINDOW);
    trainings.create("healthy-succeeds", "200ms");
    trainings.succeeded("healthy-succeeds");
    LockSupport.parkNanos(Duration.between(Instant.now(), end).toNanos()); // it is what is measured
    List<JsonNode> requests = requests();
    requests = requests.subList(before, requests.size());

    System.out.printf(
        "%d stuck, %d requests in %d s: %s%n",
        stuck.size(), requests.size(), WINDOW.toSeconds(), byObject(requests));
    assertThat(requests.size())
        .as("of all: each one in six seconds")
        .isLessThanOrEqualTo((int) (stuck.size() * WINDOW.toSeconds() / 6));
    byObject(requests)
        .forEach((name, count) -> assertThat(count).as(name).isLessThanOrEqualTo(MOST_REQUESTS));
    assertThat(operator.isReady()).as("ready").isTrue();
    assertThat(repeatedEvents()).as("events that were written again").isEmpty();
  }

  private List<JsonNode> requests() {
    return controlPlane
        .auditLog()
        .requests(
            OPERATOR,
            event ->
                event.path("userAgent").asText().startsWith(OPERATOR)
                    && !event.path("verb").asText().equals("watch"));
  }

  /** How many requests named this stuck one, or what belongs to it. */
  private Map<String, Long> byObject(List<JsonNode> requests) {
    return requests.stream()
        .flatMap(event -> named(event).stream())
        .collect(groupingBy(name -> name, java.util.TreeMap::new, counting()));
  }

  private List<String> named(JsonNode event) {
    String at = event.at("/objectRef/namespace").asText();
    String name =
        event.at("/objectRef/name").asText() + event.at("/requestObject/metadata/name").asText();
    return stuck.entrySet().stream()
        .filter(it -> it.getValue().at.namespace.equals(at) && name.startsWith(it.getKey()))
        .map(Map.Entry::getKey)
        .toList();
  }

  private List<String> repeatedEvents() {
    List<String> repeated = new ArrayList<>();
    for (Trainings at : all()) {
      controlPlane
          .client()
          .events()
          .v1()
          .events()
          .inNamespace(at.namespace)
          .list()
          .getItems()
          .stream()
          .filter(event -> "fusion.training/operator".equals(event.getReportingController()))
          .collect(
              groupingBy(
                  event ->
                      "%s %s %s"
                          .formatted(
                              event.getRegarding().getName(),
                              event.getRegarding().getUid(),
                              event.getReason()),
                  counting()))
          .forEach(
              (event, count) -> {
                if (count > 1 && !event.endsWith(" Suspended")) {
                  repeated.add(count + " of " + event);
                }
              });
    }
    return repeated;
  }

  @Test
  @Order(3)
  @DisplayName("leaves alone what is another's, and goes on once that is out of the way")
  void goesOn() {
    Stream.of("reported-1-report", "reported-2-report", "rowed-1-rows-0", "rowed-2-rows-0")
        .forEach(map -> assertThat(obstacles(trainings).isUntouched(map)).as(map).isTrue());
    assertThat(
            sweeps(trialQuota).trials("quota-1-sweep").size()
                + sweeps(trialQuota).trials("quota-2-sweep").size())
        .as("as many trials as the quota allows")
        .isEqualTo(2);

    var kubectl = new Kubectl(controlPlane, trainings.namespace);
    kubectl.ok("delete", "configmap", "reported-1-report", "rowed-1-rows-0", "frozen-1-report");
    kubectl.ok("delete", "fusiontraining", orphan("orphaned-1"));
    obstacles(trainings).clear();
    List.of(trialQuota, mapQuota, jobQuota, podQuota)
        .forEach(at -> new Kubectl(controlPlane, at.namespace).ok("delete", "quota", "most"));
    sweeps(trainings).delete("reported-2");

    for (String sweep : List.of("reported-1", "rowed-1", "frozen-1", "forbidden-1")) {
      sweeps(trainings).state(sweep, FusionSweepStatus.State.SUCCEEDED);
    }
    sweeps(trialQuota).state("quota-1-sweep", FusionSweepStatus.State.SUCCEEDED);
    sweeps(mapQuota).state("unkept-1", FusionSweepStatus.State.SUCCEEDED);
    jobQuota.state("quota-1", State.RUNNING);
    trainings.state("policy-1", State.RUNNING);
    trainings.state("webhook-1", State.RUNNING);
    trainings.state("in-use-1", State.RUNNING);
    assertThat(eventually(() -> sweeps(trainings).trials("orphaned-1"), it -> !it.isEmpty()))
        .hasSize(1);
    eventually(() -> sweeps(trainings).get("reported-2"), gone -> gone == null);
    assertThat(obstacles(trainings).isUntouched("reported-2-report")).isTrue();
  }

  private String orphan(String sweep) {
    return trainings.all().stream()
        .map(training -> training.getMetadata().getName())
        .filter(name -> name.startsWith(sweep + "-"))
        .findFirst()
        .orElseThrow();
  }
}
