package training.fusion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.FaultProxy;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/**
 * Two replicas, and what makes two leaders of them: the leader can't renew its Lease, and does not
 * know. Judged by the audit log, of a control plane whose etcd may stand. With {@code
 * -Dcampaign.rounds=10} ten of these; in every build one of each.
 */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("A leader writes nothing after another one has the Lease")
@TestInstance(Lifecycle.PER_CLASS)
class SplitBrainTest {
  /** Longer than a Lease lasts that is not renewed. */
  private static final Duration STANDSTILL = Duration.ofSeconds(25);

  private static final int TRAININGS = 4;

  private final ControlPlane controlPlane = ControlPlane.start("split-brain", "--kwok", "2");
  private final Trainings trainings = new Trainings(controlPlane, "replicas");
  private Replica leader;
  private Replica other;

  /** What befalls the leader. */
  private enum Fault {
    ETCD_STANDS,
    LEADER_STANDS,
    LEADER_IS_CUT_OFF
  }

  /** An operator, its way to the API server, and how it is called in the audit log. */
  private record Replica(String name, FaultProxy proxy, ShippedOperator operator) {
    boolean sent(JsonNode event) {
      return name.equals(event.path("userAgent").asText());
    }
  }

  @BeforeAll
  void start() throws IOException {
    leader = replica("replica-1");
    eventually(() -> isAcquired(leader, Instant.EPOCH), acquired -> acquired);
    other = replica("replica-2");
    other.operator.awaitReady();
  }

  @AfterAll
  void end() throws IOException {
    for (Replica replica : List.of(leader, other)) {
      replica.operator.close();
      replica.proxy.close();
    }
    controlPlane.close();
  }

  static Stream<Arguments> faults() {
    Fault[] all = Fault.values();
    return IntStream.range(0, Integer.getInteger("campaign.rounds", all.length))
        .mapToObj(round -> Arguments.of(round + 1, all[round % all.length]));
  }

  @ParameterizedTest(name = "round {0}: {1}")
  @MethodSource("faults")
  void writesNothing(int round, Fault fault) throws Exception {
    List<String> before = create("round-%d-before".formatted(round));
    Instant start = Instant.now();

    befall(fault);
    List<String> after = create("round-%d-after".formatted(round));

    Stream.of(before, after).flatMap(List::stream).forEach(this::once);
    Instant acquired = acquired(other, start).get(0);
    List<JsonNode> late =
        writes(leader, start).stream().filter(it -> end(it).isAfter(acquired)).toList();
    tell(round, fault, start, acquired, late);
    assertThat(late).as("writes of the one that led before").isEmpty();
    assertThat(leader.operator.exitCode()).as("exit code of the one that led before").isEqualTo(1);

    leader.operator.startAgain();
    leader.operator.awaitReady();
    Replica led = leader;
    leader = other;
    other = led;
  }

  private void befall(Fault fault) {
    Instant start = Instant.now();
    switch (fault) {
      case ETCD_STANDS -> {
        Signal.STOP.send(controlPlane.process("etcd"));
        LockSupport.parkNanos(STANDSTILL.toNanos()); // the time is the fault
        Signal.CONT.send(controlPlane.process("etcd"));
        awaitAcquired(start);
      }
      case LEADER_STANDS -> {
        Signal.STOP.send(leader.operator.process());
        awaitAcquired(start);
        Signal.CONT.send(leader.operator.process());
      }
      case LEADER_IS_CUT_OFF -> {
        leader.proxy.fallSilent();
        awaitAcquired(start);
        leader.proxy.breakConnections();
        leader.proxy.speakAgain();
      }
    }
  }

  private void awaitAcquired(Instant start) {
    assertThat(eventually(() -> isAcquired(other, start), acquired -> acquired))
        .as("whether the other one leads")
        .isTrue();
  }

  private List<String> create(String prefix) {
    List<String> names =
        IntStream.range(0, TRAININGS).mapToObj(index -> prefix + "-" + index).toList();
    names.forEach(name -> trainings.create(name, "200ms"));
    return names;
  }

  private void once(String name) {
    trainings.succeeded(name);
    // the audit log does not have the one whose answer etcd delayed until nobody waited for it
    assertThat(trainings.jobs(name)).as("Jobs of " + name).hasSize(1);
    assertThat(trainings.jobsEverMade(name)).as("Jobs of " + name).hasSizeLessThan(2);
  }

  private boolean isAcquired(Replica replica, Instant start) {
    return !acquired(replica, start).isEmpty();
  }

  // who has it not only reads it
  private List<Instant> acquired(Replica replica, Instant start) {
    return writes(replica, start).stream()
        .filter(event -> "leases".equals(event.at("/objectRef/resource").asText()))
        .map(SplitBrainTest::end)
        .toList();
  }

  /** What it has changed, whatever it was. */
  private List<JsonNode> writes(Replica replica, Instant start) {
    return controlPlane
        .auditLog()
        .requests(
            trainings.namespace,
            event ->
                replica.sent(event)
                    && !List.of("get", "list", "watch").contains(event.path("verb").asText())
                    && event.at("/responseStatus/code").asInt() < 300
                    && end(event).isAfter(start));
  }

  private static Instant end(JsonNode event) {
    return Instant.parse(event.path("stageTimestamp").asText());
  }

  private void tell(int round, Fault fault, Instant start, Instant acquired, List<JsonNode> late) {
    Instant last =
        writes(leader, start.minusSeconds(60)).stream()
            .map(SplitBrainTest::end)
            .max(Instant::compareTo)
            .orElseThrow();
    System.out.printf(
        "round %d: %s: the other one led %.1f s after its start, %.1f s after the last write of the"
            + " one before; writes after that: %d%n",
        round,
        fault,
        Duration.between(start, acquired).toMillis() / 1e3,
        Duration.between(last, acquired).toMillis() / 1e3,
        late.size());
  }

  private Replica replica(String name) throws IOException {
    var proxy = new FaultProxy(controlPlane);
    return new Replica(
        name,
        proxy,
        new ShippedOperator(
            controlPlane,
            trainings.namespace,
            List.of(
                proxy.setting(),
                "kubernetes.user.agent=" + name,
                "fusion.leader-election.enabled=true",
                "fusion.leader-election.lease-namespace=" + trainings.namespace)));
  }
}
