package training.fusion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.FaultProxy;
import training.fusion.e2e.cluster.FaultProxy.Fate;
import training.fusion.e2e.cluster.FaultProxy.Request;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/**
 * Not at random moments but at all that matter: a training's state is in the API server, so between
 * two of the operator's writes one moment is like another.
 */
@OnControlPlane
@DisplayName(
    "Killed between any two of its writes, an operator makes no second Job and loses nothing")
@TestInstance(Lifecycle.PER_CLASS)
class OperatorKilledAtItsWritesTest {
  private static final int MORE_THAN_THERE_ARE = 20;

  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private final FaultProxy proxy;

  @SuppressWarnings("NullAway.Init") // start sets it
  private ShippedOperator operator;

  OperatorKilledAtItsWritesTest(ControlPlane controlPlane) throws IOException {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "writes");
    proxy = new FaultProxy(controlPlane);
  }

  @BeforeAll
  void start() throws IOException {
    operator = new ShippedOperator(controlPlane, trainings.namespace, List.of(proxy.setting()));
  }

  @AfterAll
  void end() throws IOException {
    operator.close();
    proxy.close();
    trainings.close();
  }

  @Test
  @DisplayName("killed when a write has arrived and its answer has not, for each write in turn")
  void each() {
    int write = 1;
    while (write < MORE_THAN_THERE_ARE && killedAt(write)) {
      write++;
    }
    assertThat(write - 1).as("writes at which it was killed").isBetween(3, MORE_THAN_THERE_ARE - 2);
  }

  /** Whether a training's life has so many writes; if it has, the operator is killed there. */
  private boolean killedAt(int write) {
    String name = "write-" + write;
    var seen = new AtomicInteger();
    var replaced = new CompletableFuture<Void>();
    proxy.fates(
        request ->
            isAbout(name, request) && seen.incrementAndGet() == write
                ? new Fate.AnswerLost(() -> replace(replaced))
                : Fate.unharmed(request));
    trainings.create(name, "1h");
    trainings.state(name, State.RUNNING);
    trainings.end(trainings.running(name), "succeeds");
    trainings.succeeded(name);
    boolean reached = seen.get() >= write;
    if (reached) {
      replaced.join(); // the last write is seen to have worked before its answer is lost
    }
    assertThat(trainings.jobsEverMade(name)).as("Jobs of " + name).hasSize(1);
    assertThat(trainings.podsEverMade(name)).as("pods of " + name).isEqualTo(1);
    return reached;
  }

  private void replace(CompletableFuture<Void> replaced) {
    try {
      operator.kill();
      operator.startAgain();
      replaced.complete(null);
    } catch (IOException e) {
      replaced.completeExceptionally(e);
    }
  }

  private static boolean isAbout(String name, Request request) {
    return request.writes()
        && (request.target().endsWith("/jobs") ? request.body() : request.target()).contains(name);
  }
}
