package training.fusion.operator.informer;

import jakarta.inject.Singleton;
import java.util.List;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/**
 * Liveness: no informer has ended, or it was started again. Namespaces that cannot be watched are
 * told here, too, but are no reason to start this process again.
 */
@Liveness
@Singleton
class InformerHealth implements HealthCheck {
  private final Informers informers;
  private final Namespaces namespaces;

  InformerHealth(Informers informers, Namespaces namespaces) {
    this.informers = informers;
    this.namespaces = namespaces;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("the informers live");
    namespaces
        .refused()
        .forEach((namespace, why) -> response.withData("namespace " + namespace, why));
    List<String> ended = informers.ended();
    return ended.isEmpty()
        ? response.up().build()
        : response.down().withData("ended", String.join(", ", ended)).build();
  }
}
