package training.fusion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.Pod;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.FaultProxy;
import training.fusion.e2e.cluster.FaultProxy.Fate;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.cluster.Probe;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/**
 * Between the operator and the API server is a {@link FaultProxy}. With {@code
 * -Dcampaign.silence=60} the API server is silent for a minute, in every build for twelve seconds:
 * longer than the operator's client waits for an answer.
 */
@OnControlPlane
@DisplayName("Whatever the API server answers, a training runs once and its result is recorded")
@TestInstance(Lifecycle.PER_CLASS)
class ApiServerFaultsTest {
  private static final Duration SILENCE =
      Duration.ofSeconds(Integer.getInteger("campaign.silence", 12));
  private static final int REFUSALS = 2;

  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private final FaultProxy proxy;

  @SuppressWarnings("NullAway.Init") // start sets it
  private ShippedOperator operator;

  ApiServerFaultsTest(ControlPlane controlPlane) throws IOException {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "faults");
    proxy = new FaultProxy(controlPlane);
  }

  @BeforeAll
  void start() throws IOException {
    operator = new ShippedOperator(controlPlane, trainings.namespace, List.of(proxy.setting()));
  }

  @AfterEach
  void heal() {
    proxy.fates(Fate::unharmed);
  }

  @AfterAll
  void end() throws IOException {
    operator.close();
    proxy.close();
    trainings.close();
  }

  @ParameterizedTest(name = "{0} {1} to the first two tries of each of its writes")
  @CsvSource({
    "409, Conflict",
    "429, TooManyRequests",
    "500, InternalError",
    "503, ServiceUnavailable"
  })
  void refused(int code, String reason) {
    var tries = new ConcurrentHashMap<String, Integer>();
    proxy.fates(
        request ->
            request.writes()
                    && tries.merge(request.method() + request.target(), 1, Integer::sum) <= REFUSALS
                ? Fate.answered(code, reason)
                : Fate.unharmed(request));
    String name = "refused-" + code;

    trainings.create(name, "1s");

    once(name);
    assertThat(tries).as("writes that were refused").hasSizeGreaterThan(1);
  }

  @Test
  @DisplayName("no answer to anything, for a minute, while trainings are made and end")
  void silent() {
    trainings.create("silent-ends", "1h");
    Pod ends = trainings.running("silent-ends");
    proxy.fallSilent();
    trainings.end(ends, "succeeds");
    trainings.create("silent-made", "1s");

    LockSupport.parkNanos(SILENCE.toNanos()); // the time is the fault: nothing tells of its end
    proxy.speakAgain();

    once("silent-ends");
    once("silent-made");
  }

  @Test
  @DisplayName("watches closed again and again, in the middle of everything")
  void closed() {
    var names = List.of("closed-1", "closed-2", "closed-3");
    for (String name : names) {
      trainings.create(name, "500ms");
      proxy.breakConnections();
      trainings.running(name);
      proxy.breakConnections();
    }

    names.forEach(this::once);
  }

  @Test
  @DisplayName("'too old resource version' to each watch that goes on, so all is listed anew")
  void tooOld() {
    trainings.create("too-old-ends", "1h");
    Pod ends = trainings.running("too-old-ends");
    Set<String> outdated = ConcurrentHashMap.newKeySet();
    var listed = new CopyOnWriteArrayList<String>();
    proxy.fates(
        request -> {
          String resource = request.target().replaceFirst("\\?.*", "");
          if (request.isWatch() && outdated.add(resource)) {
            return new Fate.Arrives(
                request.target().replaceFirst("resourceVersion=[0-9]+", "resourceVersion=1"));
          }
          if (!request.writes() && !request.isWatch()) {
            listed.add(resource);
          }
          return Fate.unharmed(request);
        });
    proxy.breakConnections();
    trainings.end(ends, "succeeds");
    trainings.create("too-old-made", "1s");

    once("too-old-ends");
    once("too-old-made");
    assertThat(outdated.stream().map(it -> it.replaceFirst(".*/", "")))
        .as("watches that were told")
        .containsExactlyInAnyOrder("fusiontrainings", "fusionsweeps", "jobs", "pods");
    assertThat(listed)
        .as("collections read again")
        .contains(
            outdated.stream()
                .filter(it -> it.endsWith("/fusiontrainings"))
                .findFirst()
                .orElseThrow());
  }

  @Test
  @DisplayName("a page for people to each list: informers end, are not alive, and start again")
  void page() {
    trainings.create("page-ends", "1h");
    Pod ends = trainings.running("page-ends");
    Set<String> outdated = ConcurrentHashMap.newKeySet();
    proxy.fates(
        request ->
            !request.writes() && !request.isWatch()
                ? new Fate.Page()
                : request.isWatch() && outdated.add(request.target().replaceFirst("\\?.*", ""))
                    ? new Fate.Arrives(
                        request
                            .target()
                            .replaceFirst("resourceVersion=[0-9]+", "resourceVersion=1"))
                    : Fate.unharmed(request));
    proxy.breakConnections();

    assertThat(eventually(this::isAlive, alive -> !alive)).isFalse();

    heal();
    trainings.end(ends, "succeeds");
    trainings.create("page-made", "1s");
    once("page-ends");
    once("page-made");
    assertThat(eventually(this::isAlive, alive -> alive)).isTrue();
  }

  private boolean isAlive() {
    return Probe.isOk(operator.address().resolve("/q/health/live"));
  }

  private void once(String name) {
    trainings.succeeded(name);
    assertThat(trainings.jobsEverMade(name)).as("Jobs of " + name).hasSize(1);
    assertThat(trainings.podsEverMade(name)).as("pods of " + name).isEqualTo(1);
  }
}
