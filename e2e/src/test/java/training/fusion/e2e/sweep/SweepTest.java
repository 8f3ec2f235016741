package training.fusion.e2e.sweep;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.api.resource.sweep.FusionSweepStatus.Group;
import training.fusion.api.resource.sweep.FusionSweepStatus.State;
import training.fusion.e2e.cluster.AuditLog;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.OperatorFixture;
import training.fusion.e2e.operator.SimulatedFigures;

/**
 * As a campaign: {@code -Dtest=SweepTest -Dcampaign.trials=2000 -Dcampaign.kills=20
 * -Dcluster.nodes=10}.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("A sweep")
class SweepTest extends OperatorFixture {
  private static final int TRIALS = Integer.getInteger("campaign.trials", 3 * Sweeps.CELLS);

  /** A sweep has at most 64 seeds. */
  private static final int DATA_SETS = TRIALS > 64 * Sweeps.CELLS ? 5 : 1;

  private static final int GROUPS = DATA_SETS * Sweeps.CELLS;
  private static final int KILLS = Integer.getInteger("campaign.kills", 1);
  private static final int PARALLELISM = TRIALS > 100 ? 40 : 4;
  private static final int LARGEST_STATUS = 100 * 1024;

  private final Random random = new Random(Long.getLong("campaign.seed", 1));
  private final Sweeps sweeps;

  SweepTest(ControlPlane controlPlane) {
    super(controlPlane, "sweep");
    sweeps = new Sweeps(controlPlane, trainings.namespace);
  }

  @Test
  @DisplayName(
      "runs every trial once, never too many together, and keeps all rows, whenever the operator is killed")
  void killed() throws IOException {
    sweeps.create("matrix", PARALLELISM, DATA_SETS, TRIALS / GROUPS, "400ms");
    for (int kill = 1; kill <= KILLS; kill++) {
      int at = kill * TRIALS / (KILLS + 1);
      sweeps.status("matrix", seen -> seen.trials() != null && seen.trials().succeeded() >= at);
      LockSupport.parkNanos(Duration.ofMillis(random.nextLong(1000)).toNanos());
      operator.kill();
      System.out.printf("kill %d of %d after %d trials%n", kill, KILLS, at);
      operator.startAgain();
    }
    FusionSweepStatus status =
        sweeps.status(
            "matrix", seen -> seen.state() == State.SUCCEEDED || seen.state() == State.FAILED);

    assertThat(status.state()).as(status.toString()).isEqualTo(State.SUCCEEDED);
    assertThat(status.trials().total()).isEqualTo(TRIALS);
    assertThat(status.trials().succeeded()).isEqualTo(TRIALS);
    assertThat(Serialization.asJson(status).length()).isLessThan(LARGEST_STATUS);
    Map<String, JsonNode> rows = sweeps.rows("matrix");
    assertThat(rows).hasSize(TRIALS).hasSameSizeAs(sweeps.trials("matrix"));
    rows.forEach(SweepTest::assertRow);
    Map<String, List<String>> jobs = trainings.everMade("jobs");
    rows.keySet().forEach(trial -> assertThat(jobs.get(trial)).as("Jobs of " + trial).hasSize(1));
    assertGroups(status.groups(), rows);
    assertThat(mostTogether("matrix-")).isBetween(2, PARALLELISM);
    assertThat(sweeps.report("matrix", "report.csv").lines()).hasSize(TRIALS + 1);
    System.out.printf(
        "%d trials, %d kills, %d together at most, status %d bytes%n",
        TRIALS, KILLS, mostTogether("matrix-"), Serialization.asJson(status).length());
  }

  private static void assertRow(String trial, JsonNode row) {
    var figures = new SimulatedFigures(trial);
    assertThat(row.path("state").asText()).isEqualTo("Succeeded");
    assertThat(row.at("/test/accuracy").asDouble()).isEqualTo(figures.test().accuracy());
    assertThat(row.at("/best/loss").asDouble()).isEqualTo(figures.validation().loss());
    assertThat(row.path("history")).hasSize(3);
    assertThat(row.at("/history/0/accuracy").asDouble())
        .isEqualTo(figures.validation(1).accuracy());
  }

  /** Means and deviations, from the names of the trials alone. */
  private static void assertGroups(List<Group> groups, Map<String, JsonNode> rows) {
    Map<List<JsonNode>, List<String>> cells =
        rows.entrySet().stream()
            .collect(
                Collectors.groupingBy(
                    row ->
                        List.of(
                            row.getValue().at("/cell/dataset"),
                            row.getValue().at("/cell/optimization")),
                    Collectors.mapping(Map.Entry::getKey, Collectors.toList())));
    assertThat(groups).hasSameSizeAs(cells.keySet()).hasSize(GROUPS);
    List<Double> means = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (List<String> trials : cells.values()) {
      double[] accuracies =
          trials.stream().mapToDouble(t -> new SimulatedFigures(t).test().accuracy()).toArray();
      double mean = java.util.Arrays.stream(accuracies).average().orElseThrow();
      double squares = java.util.Arrays.stream(accuracies).map(a -> (a - mean) * (a - mean)).sum();
      means.add(mean);
      deviations.add(Math.sqrt(squares / (accuracies.length - 1)));
    }
    assertThat(sorted(groups.stream().map(g -> g.test().accuracy().mean()).toList()))
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-5 ? 0 : Double.compare(a, b))
        .isEqualTo(sorted(means));
    assertThat(sorted(groups.stream().map(g -> g.test().accuracy().std()).toList()))
        .usingElementComparator((a, b) -> Math.abs(a - b) < 1e-5 ? 0 : Double.compare(a, b))
        .isEqualTo(sorted(deviations));
  }

  private static List<Double> sorted(List<Double> values) {
    return values.stream().sorted().toList();
  }

  /** How many of these trials were there at once without having ended, by the audit log. */
  private int mostTogether(String prefix) {
    Set<String> running = new HashSet<>();
    int most = 0;
    for (JsonNode event :
        controlPlane
            .auditLog()
            .requests(
                trainings.namespace, AuditLog.writes(trainings.namespace, "fusiontrainings"))) {
      String name = event.at("/objectRef/name").asText();
      int code = event.at("/responseStatus/code").asInt();
      boolean taken = code < 300 || code == 504; // of a client that was killed before the answer
      if (!name.startsWith(prefix) || !taken || dryRun(event)) {
        continue;
      }
      if (event.path("verb").asText().equals("create")) {
        running.add(name);
      }
      String state = event.at("/requestObject/status/state").asText();
      if (state.equals("Succeeded") || state.equals("Failed")) {
        running.remove(name);
      }
      most = Math.max(most, running.size());
    }
    return most;
  }

  private static boolean dryRun(JsonNode event) {
    return event.path("requestURI").asText().contains("dryRun=All");
  }

  @Test
  @DisplayName("runs the difference alone when a seed is added and a cell is excluded")
  void edited() {
    sweeps.create("edited", 8, 1, "200ms");
    sweeps.state("edited", State.SUCCEEDED);
    Set<String> before = sweeps.trials("edited").keySet();

    sweeps.patch("edited", "{\"matrix\":{\"seeds\":[1,2],\"exclude\":[{\"single\":\"SGD\"}]}}");
    FusionSweepStatus status =
        sweeps.status(
            "edited", seen -> seen.state() == State.SUCCEEDED && seen.trials().total() == 14);

    assertThat(status.trials().succeeded()).isEqualTo(14);
    assertThat(sweeps.trials("edited").keySet()).hasSize(15).containsAll(before);
    assertThat(sweeps.rows("edited")).hasSize(15);
    Map<String, List<String>> jobs = trainings.everMade("jobs");
    sweeps.trials("edited").keySet().forEach(trial -> assertThat(jobs.get(trial)).hasSize(1));
    assertThat(sweeps.report("edited", "report.csv")).contains("Excluded");
    assertThat(status.groups()).hasSize(7).allMatch(group -> group.n() == 2);
  }

  @Test
  @DisplayName("stops all its trials when it is suspended, and goes on from there")
  void suspended() {
    sweeps.create("paused", 2, 1, "1s");
    sweeps.status("paused", seen -> seen.trials() != null && seen.trials().succeeded() >= 1);
    sweeps.patch("paused", "{\"suspend\":true}");
    FusionSweepStatus status = sweeps.state("paused", State.SUSPENDED);
    assertThat(status.trials().running()).isZero();
    assertThat(Sweeps.condition(status, "Reconciling").getStatus()).isEqualTo("False");

    sweeps.patch("paused", "{\"suspend\":false}");
    sweeps.state("paused", State.SUCCEEDED);
    assertThat(sweeps.rows("paused")).hasSize(Sweeps.CELLS);
    assertThat(mostTogether("paused-")).isLessThanOrEqualTo(4); // two stopped, two that run
  }

  @Test
  @DisplayName(
      "makes a deleted trial again only if it has no row of it, and takes all along when it goes")
  void trialsDeletedByHand() {
    sweeps.create("deleted", 2, 1, "500ms");
    Map<String, FusionTraining> first =
        eventually(() -> sweeps.trials("deleted"), trials -> trials.size() >= 2);
    String unfinished = first.keySet().iterator().next();
    trainings.delete(unfinished);
    sweeps.state("deleted", State.SUCCEEDED);
    assertThat(sweeps.rows("deleted")).hasSize(Sweeps.CELLS).containsKey(unfinished);

    trainings.delete(unfinished);
    sweeps.patch("deleted", "{\"parallelism\":3}");
    sweeps.state("deleted", State.SUCCEEDED);
    assertThat(sweeps.trials("deleted")).hasSize(Sweeps.CELLS - 1).doesNotContainKey(unfinished);
    assertThat(sweeps.rows("deleted")).hasSize(Sweeps.CELLS);

    int others = sweeps.configMaps().size() - 2;
    sweeps.delete("deleted");
    assertThat(eventually(() -> sweeps.configMaps().size(), size -> size == others))
        .isEqualTo(others);
    assertThat(
            eventually(
                () ->
                    trainings.all().stream()
                        .filter(t -> t.getMetadata().getName().startsWith("deleted-"))
                        .count(),
                count -> count == 0))
        .isZero();
  }

  @Test
  @DisplayName("made anew at once waits until what an earlier one of its name has left is gone")
  void madeAnew() {
    sweeps.create("anew", Sweeps.CELLS, 1, "200ms");
    sweeps.state("anew", State.SUCCEEDED);
    Set<String> before = uids("anew");
    sweeps.delete("anew");
    sweeps.create("anew", Sweeps.CELLS, 1, "200ms");

    sweeps.state("anew", State.SUCCEEDED);
    assertThat(sweeps.rows("anew")).hasSize(Sweeps.CELLS);
    assertThat(uids("anew")).hasSameSizeAs(before).doesNotContainAnyElementsOf(before);
  }

  private Set<String> uids(String sweep) {
    return sweeps.trials(sweep).values().stream()
        .map(trial -> trial.getMetadata().getUid())
        .collect(Collectors.toSet());
  }

  @Test
  @DisplayName(
      "with a cell that breaks a rule is refused with the cell's name, before any trial runs")
  void badCell() {
    sweeps.create("bad", 2, 1, "200ms");
    sweeps.state("bad", State.SUCCEEDED);
    String pairs =
        "[{\"lowLevel\":{\"optimizer\":{\"type\":\"Adam\"}},\"highLevel\":{\"optimizer\":{\"type\":\"SGD\"}}}]";
    sweeps.patch(
        "bad",
        "{\"matrix\":{\"arms\":[{\"name\":\"efficientnet\",\"model\":{\"architecture\":\"EfficientNetV2-S\"},"
            + "\"optimizations\":[{\"fusion\":{\"lastBlocks\":[3,7],\"pairs\":"
            + pairs
            + "}}]}]}}");
    FusionSweepStatus status = sweeps.state("bad", State.FAILED);
    assertThat(Sweeps.condition(status, "Stalled").getReason()).isEqualTo("BadCell");
    assertThat(Sweeps.condition(status, "Failed").getMessage())
        .contains("arm efficientnet", "data set sample", "lastBlock must be in 0–6");
    assertThat(sweeps.trials("bad")).hasSize(Sweeps.CELLS);
  }
}
