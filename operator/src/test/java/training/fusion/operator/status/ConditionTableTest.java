package training.fusion.operator.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Condition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.operator.diagnosis.Situation;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.resource.Refusal;

/** Every row of conditions.csv: a training in that situation gets that state and conditions. */
class ConditionTableTest {
  private static final String NO_IMAGE =
      """
      phase: Pending
      containerStatuses: [{name: trainer, state: {waiting: {reason: ImagePullBackOff, message: "no such tag"}}}]
      """;
  private static final String CREATING =
      """
      phase: Pending
      containerStatuses: [{name: trainer, state: {waiting: {reason: ContainerCreating}}}]
      """;
  private static final Set<String> NO_CONDITIONS = Set.of("situation", "state", "event");
  private static final String COMPLETE = "conditions: [{type: Complete, status: 'True'}]";

  static Map<String, Supplier<Scene>> situations() {
    Map<String, Supplier<Scene>> scenes = new LinkedHashMap<>();
    scenes.put("Creating", () -> started());
    scenes.put("NoPod", () -> started().after(Duration.ofSeconds(30)));
    scenes.put("Replacing", () -> started().recorded().spec("runId: second"));
    scenes.put("RecoveringResult", () -> kept().job(1).jobStatus(COMPLETE).live());
    scenes.put(
        "NameInUse", () -> Scene.ofTraining().refused(Refusal.Kind.NAME_IN_USE, "being deleted"));
    scenes.put(
        "JobRefused", () -> Scene.ofTraining().refused(Refusal.Kind.REFUSED, "exceeded quota"));
    scenes.put("HandedOver", () -> started().jobIsManagedBy("kueue.x-k8s.io/multikueue"));
    scenes.put(
        "RunElsewhere",
        () -> started().jobIsManagedBy("kueue.x-k8s.io/multikueue").jobStatus("active: 1"));
    scenes.put("Queued", () -> started().jobIsSuspended());
    scenes.put("Unschedulable", () -> started().pod("a", Scene.unscheduled()));
    scenes.put("Starting", () -> started().pod("a", CREATING));
    scenes.put("CannotStart", () -> started().pod("a", NO_IMAGE));
    scenes.put("Running", () -> started().pod("a", Scene.running()));
    scenes.put("Reporting", () -> reporting());
    scenes.put("Silent", () -> reporting().after(Duration.ofMinutes(2)));
    scenes.put("NodeUnreachable", () -> lost().after(Duration.ofMinutes(1)));
    scenes.put("Retrying", () -> started().pod("a", Scene.ended(70, "")));
    scenes.put("Finishing", () -> started().pod("a", Scene.ended(0, "")));
    scenes.put("WaitingForContainers", () -> lingering());
    scenes.put("Suspending", () -> started().pod("a", Scene.running()).spec("suspend: true"));
    scenes.put("Suspended", () -> Scene.ofTraining().spec("suspend: true"));
    scenes.put("Pausing", () -> pausing());
    scenes.put("Paused", () -> paused());
    scenes.put("Succeeded", ConditionTableTest::succeeded);
    scenes.put("Failed", () -> Scene.ofTraining().refused(Refusal.Kind.NAME_TAKEN, "taken"));
    return scenes;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void aTrainingInThisSituationGetsThisRow(Map<String, String> row) {
    Scene scene = Objects.requireNonNull(situations().get(row.get("situation"))).get();
    var status = scene.recorded().status();
    assertThat(Objects.requireNonNull(status.state()).name())
        .isEqualToIgnoringCase(row.get("state"));
    Map<String, Condition> conditions =
        Objects.requireNonNull(status.conditions()).stream()
            .collect(Collectors.toMap(Condition::getType, c -> c));
    row.forEach(
        (column, cell) -> {
          if (!NO_CONDITIONS.contains(column)) {
            Condition condition = Objects.requireNonNull(conditions.get(column), column);
            assertThat(condition.getStatus()).as(column).isEqualTo(cell.split("/", 2)[0]);
            assertThat(condition.getReason()).as(column).matches("[A-Z][A-Za-z]+");
            if (cell.startsWith("True")) {
              assertThat(condition.getMessage()).as(column).isNotEmpty();
            }
          }
        });
    assertThat(conditions).hasSize(row.size() - NO_CONDITIONS.size());
  }

  @Test
  void aJobMayTakeItsTimeForAnotherPodAfterADisruption() {
    Scene lost =
        started().pod("a", Scene.running()).recorded().after(Duration.ofMinutes(9)).withoutPods();
    assertThat(reconciling(lost)).isEqualTo("Creating");
    lost.after(Duration.ofSeconds(29));
    assertThat(reconciling(lost)).isEqualTo("Creating");
    lost.after(Duration.ofSeconds(1));
    assertThat(reconciling(lost)).isEqualTo("NoPod");
  }

  @Test
  void aJobMayTakeItsTimeForAPodAfterItWasQueued() {
    Scene admitted =
        started()
            .after(Duration.ofMinutes(9))
            .jobStatus("startTime: '%s'".formatted(Scene.START.plus(Duration.ofMinutes(9))));
    assertThat(reconciling(admitted)).isEqualTo("Creating");
    admitted.after(Duration.ofSeconds(30));
    assertThat(reconciling(admitted)).isEqualTo("NoPod");
  }

  @Test
  void aJobWithoutAPodSaysWhyWhereThatIsKnown() {
    Scene unknown = started().after(Duration.ofSeconds(30));
    assertThat(unknown.recorded().status().toString()).contains("nothing is known of why");
    Scene scene = started().after(Duration.ofSeconds(30));
    scene.refused(Refusal.Kind.NO_POD, "exceeded quota: pods");
    assertThat(scene.recorded().status().toString())
        .contains("exceeded quota: pods", "reason=NoPod");
  }

  @Test
  void whereOldJobsMayNotBeDeletedThatIsSaid() {
    Scene stopping =
        started()
            .pod("a", Scene.running())
            .spec("suspend: true")
            .refused(Refusal.Kind.REFUSED, "may not be deleted");
    assertThat(reconciling(stopping)).isEqualTo("Suspending");
    assertThat(stopping.status().toString()).contains("may not be deleted");
    Scene replacing =
        started().recorded().spec("runId: second").refused(Refusal.Kind.REFUSED, "may not go");
    assertThat(reconciling(replacing)).isEqualTo("Replacing");
    assertThat(replacing.status().toString()).contains("may not go");
  }

  private static String reconciling(Scene scene) {
    List<Condition> conditions = Objects.requireNonNull(scene.recorded().status().conditions());
    return Conditions.find(conditions, "Reconciling").orElseThrow().getReason();
  }

  @Test
  void everySituationHasARowAndAScene() {
    var names = Arrays.stream(Situation.values()).map(Situation::toString).toList();
    assertThat(rows())
        .extracting(row -> row.get("situation"))
        .containsExactlyInAnyOrderElementsOf(names);
    assertThat(situations().keySet()).containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void theTableHoldsTogether() {
    for (var row : rows()) {
      boolean over = isTrue(row, "Complete") || isTrue(row, "Failed");
      assertThat(isTrue(row, "Stalled")).as(row.toString()).isEqualTo(isTrue(row, "Failed"));
      assertThat(isTrue(row, "Reconciling"))
          .as(row.toString())
          .isEqualTo(!over && !isTrue(row, "Suspended"));
      assertThat(isTrue(row, "Complete"))
          .as(row.toString())
          .isEqualTo("Succeeded".equals(row.get("state")));
      assertThat(isTrue(row, "Failed"))
          .as(row.toString())
          .isEqualTo("Failed".equals(row.get("state")));
      assertThat(isTrue(row, "Suspended"))
          .as(row.toString())
          .isEqualTo(Set.of("Suspended", "Paused").contains(row.get("state")));
      if (isTrue(row, "PodsReady")) {
        assertThat(row.get("state")).isEqualTo("Running");
      }
    }
  }

  private static Scene started() {
    return Scene.ofTraining().job(1);
  }

  private static Scene lost() {
    return started().pod("a", Scene.running()).podShouldBeGone();
  }

  private static Scene lingering() {
    return started()
        .pod("a", Scene.ended(70, "").replace("phase: Failed", "phase: Running"))
        .injected("containers: [{name: istio-proxy, image: istio/proxyv2}]");
  }

  private static Scene succeeded() {
    Scene scene = started();
    return scene.pod("a", Scene.ended(0, scene.result()));
  }

  private static Scene paused() {
    Scene scene = kept().spec("training: {epochs: 5}\npauseAfterEpoch: 1").job(1);
    return scene.pod("a", Scene.ended(0, scene.pause(1)));
  }

  /** One that is to pause after an epoch that it has left behind. */
  private static Scene pausing() {
    return paused()
        .recorded()
        .withoutJobs()
        .spec("pauseAfterEpoch: 3")
        .job(2)
        .pod("b", Scene.running())
        .spec("pauseAfterEpoch: 1");
  }

  private static Scene kept() {
    return Scene.ofTraining()
        .spec("checkpoint: {volume: {persistentVolumeClaim: {claimName: checkpoints}}}");
  }

  private static Scene reporting() {
    return started()
        .pod("a", Scene.running())
        .status(
            "progress: {podUid: uid-of-a, jobUid: job-1, sequence: 1, lastReportTime:"
                + " '2026-01-01T12:00:00Z'}");
  }

  private static boolean isTrue(Map<String, String> row, String type) {
    return Objects.requireNonNull(row.get(type)).startsWith("True");
  }

  static List<Map<String, String>> rows() {
    try (var in =
        Objects.requireNonNull(ConditionTable.class.getResourceAsStream("conditions.csv"))) {
      List<String> lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
      String[] header = lines.get(0).split(",", -1);
      return lines.stream()
          .skip(1)
          .map(
              line -> {
                String[] cells = line.split(",", -1);
                Map<String, String> row = new LinkedHashMap<>();
                for (int i = 0; i < header.length; i++) {
                  row.put(header[i], cells[i]);
                }
                return row;
              })
          .toList();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
