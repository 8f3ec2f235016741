package training.fusion.e2e.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.NullUnmarked;
import training.fusion.api.resource.FusionTraining;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.ProcessFigures;
import training.fusion.e2e.operator.ShippedOperator;
import training.fusion.e2e.operator.Trainings;

/** A FusionTraining for each item, and the operator as it is shipped. */
@NullUnmarked // started before it is asked
final class OurOperator implements BenchmarkSubject, BenchmarkSubject.Controller {
  private final ControlPlane controlPlane;
  private final Trainings trainings;
  private final String agent;
  private ShippedOperator operator;

  OurOperator(ControlPlane controlPlane) {
    this.controlPlane = controlPlane;
    trainings = new Trainings(controlPlane, "trainings");
    agent = "operator-of-" + trainings.namespace;
  }

  @Override
  public String namespace() {
    return trainings.namespace;
  }

  @Override
  public void create(String item) {
    trainings.create(item, AT_ONCE, spec -> spec.withObject("/pod/gpu").put("count", 1));
  }

  @Override
  public String itemOf(HasMetadata made) {
    return Trainings.nameIn(made);
  }

  @Override
  public SharedIndexInformer<?> watchEnds(ItemTimes seen) {
    return controlPlane
        .client()
        .resources(FusionTraining.class)
        .inNamespace(namespace())
        .inform(ArrivalTimes.ofTrainings(new ConcurrentHashMap<>(), seen.ended()));
  }

  @Override
  public boolean isRequest(JsonNode event) {
    return event.path("userAgent").asText().equals(agent);
  }

  @Override
  public Optional<Controller> controller() {
    return Optional.of(this);
  }

  @Override
  public void start() throws IOException {
    if (operator == null) {
      operator =
          new ShippedOperator(controlPlane, namespace(), List.of("kubernetes.user.agent=" + agent));
    } else {
      operator.startAgain();
    }
  }

  @Override
  public boolean isReady() {
    return operator.isReady();
  }

  @Override
  public void kill() {
    if (operator != null) {
      operator.kill();
    }
  }

  @Override
  public List<ProcessFigures> processes() {
    return List.of(operator.figures());
  }
}
