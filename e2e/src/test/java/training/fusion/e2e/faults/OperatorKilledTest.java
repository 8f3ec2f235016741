package training.fusion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.FailureRecord;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.OperatorFixture;
import training.fusion.e2e.operator.Trainings;

/**
 * Three times in every build; as a campaign with {@code -Dtest=OperatorKilledTest
 * -Dcampaign.rounds=50}, and {@code -Dcampaign.seed} for other moments. A line is printed for each
 * kill.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("An operator that is killed at random moments, over a batch of trainings")
class OperatorKilledTest extends OperatorFixture {
  private static final int ROUNDS = Integer.getInteger("campaign.rounds", 3);
  private static final long LONGEST_RUN = 4000;

  /** One kill in so many comes while the operator starts; the others when it is at work. */
  private static final int EARLY = 5;

  /** How trainings end, in the words of {@code e2e/stages/pod.yaml}; three in five just succeed. */
  private static final List<String> ENDINGS =
      List.of("", "", "", "-disappears", "-fails-64", "", "", "", "-disappears", "-out-of-memory");

  private final Random random = new Random(Long.getLong("campaign.seed", 1));
  private final List<String> names = new ArrayList<>();

  OperatorKilledTest(ControlPlane controlPlane) {
    super(controlPlane, "killed");
  }

  @Test
  @DisplayName("runs none of them twice, loses none, and records all results right")
  void killed() throws IOException {
    for (int kill = 1; kill <= ROUNDS; kill++) {
      create(2);
      if (random.nextInt(EARLY) > 0) {
        trainings.status(names.get(names.size() - 1), status -> status.state() != null);
      }
      LockSupport.parkNanos(Duration.ofMillis(random.nextLong(LONGEST_RUN)).toNanos());
      String states = states();
      operator.kill();
      System.out.printf("kill %d of %d; trainings then: %s%n", kill, ROUNDS, states);
      create(2);
      operator.startAgain();
    }

    names.forEach(trainings::ended);
    Map<String, List<String>> jobs = trainings.everMade("jobs");
    Map<String, List<String>> pods = trainings.everMade("pods");
    names.forEach(name -> judge(name, jobs.get(name), pods.get(name)));
    System.out.printf(
        "%d kills, %d trainings, %d Jobs, %d pods; %s%n",
        ROUNDS,
        names.size(),
        names.stream().mapToInt(name -> jobs.get(name).size()).sum(),
        names.stream().mapToInt(name -> pods.get(name).size()).sum(),
        states());
  }

  private void create(int count) {
    for (int i = 0; i < count; i++) {
      String name = "batch-" + names.size() + ENDINGS.get(names.size() % ENDINGS.size());
      names.add(name);
      trainings.create(
          name,
          random.nextLong(LONGEST_RUN) + "ms",
          spec -> spec.withObject("/runPolicy").put("backoffLimit", 0));
    }
  }

  private void judge(String name, List<String> jobs, List<String> pods) {
    FusionTrainingStatus status = trainings.get(name).getStatus();
    if (name.endsWith("-fails-64") || name.endsWith("-out-of-memory")) {
      assertThat(status.state()).as(name).isEqualTo(State.FAILED);
      assertThat(status.restarts()).as(name).isEqualTo(1);
      assertThat(status.failures())
          .as(name)
          .extracting(FailureRecord::exitCode)
          .containsExactly(name.endsWith("-fails-64") ? 64 : 137);
    } else {
      Trainings.assertResult(name, status);
      assertThat(status.restarts()).as(name).isZero();
    }
    // a pod that has disappeared with its result is followed by one that says the result again
    int most = name.endsWith("-disappears") ? 2 : 1;
    assertThat(jobs)
        .as("Jobs of " + name)
        .hasSize(status.attempt())
        .hasSizeBetween(1, most)
        .doesNotHaveDuplicates();
    assertThat(pods).as("pods of " + name).hasSize(status.attempt());
  }

  private String states() {
    return trainings.all().stream()
        .map(FusionTraining::getStatus)
        .map(status -> status.state() == null ? "not seen" : status.state().toString())
        .collect(Collectors.groupingBy(state -> state, TreeMap::new, Collectors.counting()))
        .toString();
  }
}
