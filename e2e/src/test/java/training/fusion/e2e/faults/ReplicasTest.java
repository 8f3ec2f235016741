package training.fusion.e2e.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static training.fusion.e2e.cluster.Eventually.eventually;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import training.fusion.api.resource.FusionTrainingStatus.State;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/** Two operators and a Lease: the one that has it is killed. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("Of two operators")
@TestInstance(Lifecycle.PER_CLASS)
class ReplicasTest {
  private static final String LEASE = "fusion-training-operator";

  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private ShippedOperator leader;
  private ShippedOperator other;

  ReplicasTest(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "replicas");
  }

  @BeforeAll
  void killTheLeader() throws IOException {
    leader = replica();
    String first = eventually(this::holder, holder -> holder != null);
    other = replica();
    trainings.create("before-runs", "1h");
    trainings.running("before-runs");
    trainings.state("before-runs", State.RUNNING);
    assertThat(holder()).as("who reconciles").isEqualTo(first);
    leader.kill();
    trainings.create("after", "100ms");
    assertThat(eventually(this::holder, holder -> !first.equals(holder))).isNotEqualTo(first);
  }

  private ShippedOperator replica() throws IOException {
    return new ShippedOperator(
        controlPlane,
        trainings.namespace,
        List.of(
            "fusion.leader-election.enabled=true",
            "fusion.leader-election.lease-namespace=" + trainings.namespace));
  }

  private String holder() {
    Lease lease =
        controlPlane.client().leases().inNamespace(trainings.namespace).withName(LEASE).get();
    return lease == null ? null : lease.getSpec().getHolderIdentity();
  }

  @AfterAll
  void end() {
    leader.close();
    other.close();
    trainings.close();
  }

  @Test
  @DisplayName("the other takes over what nobody has seen yet")
  void takesOver() {
    trainings.succeeded("after");
    assertThat(trainings.jobsEverMade("after")).hasSize(1);
  }

  @Test
  @DisplayName("the other goes on with what runs, in the same Job and pod")
  void goesOn() {
    trainings.end(trainings.running("before-runs"), "succeeds");
    trainings.succeeded("before-runs");
    assertThat(trainings.jobsEverMade("before-runs")).hasSize(1);
    assertThat(trainings.podsEverMade("before-runs")).isEqualTo(1);
  }
}
