package training.fusion.e2e.operator;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import training.fusion.e2e.cluster.ControlPlane;

/** The operator as it is shipped, at work on one namespace, for all the tests of a class. */
@NullUnmarked // started before it is asked
@TestInstance(Lifecycle.PER_CLASS)
public abstract class OperatorFixture {
  public final ControlPlane controlPlane;
  public final Trainings trainings;
  private final List<String> settings;
  public ShippedOperator operator;

  /**
   * @param prefix of the namespace's name
   * @param settings more of the operator's, as {@code name=value}
   */
  public OperatorFixture(ControlPlane controlPlane, String prefix, String... settings) {
    this.controlPlane = controlPlane;
    this.settings = List.of(settings);
    trainings = new Trainings(controlPlane, prefix);
  }

  @BeforeAll
  void startOperator() throws IOException {
    operator = new ShippedOperator(controlPlane, trainings.namespace, settings);
  }

  @AfterAll
  void endOperator() {
    if (operator != null) { // it may not have started
      operator.close();
    }
    trainings.close();
  }
}
