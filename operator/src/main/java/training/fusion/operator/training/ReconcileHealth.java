package training.fusion.operator.training;

import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import training.fusion.operator.informer.Namespaces;
import training.fusion.operator.resource.Refusal;

/**
 * Readiness: the API server lets us list trainings, in one namespace at least, and answers
 * reconciles. What it answers to one of them is that resource's matter.
 */
@Readiness
@Singleton
public class ReconcileHealth implements HealthCheck {
  private final Namespaces namespaces;
  private final Reconciles reconciles;

  ReconcileHealth(Namespaces namespaces, Reconciles reconciles) {
    this.namespaces = namespaces;
    this.reconciles = reconciles;
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("reconciles succeed");
    return reconciles
        .problem()
        .or(this::unreachable)
        .map(problem -> response.down().withData("problem", problem).build())
        .orElseGet(() -> response.up().build());
  }

  /** What the API server says, where no namespace can be listed. */
  private Optional<String> unreachable() {
    Optional<String> problem = Optional.empty();
    for (String namespace : namespaces.watched()) {
      try {
        namespaces.ask(namespace);
        return Optional.empty();
      } catch (KubernetesClientException e) {
        problem = Optional.of(String.valueOf(e.getMessage()));
        if (!Refusal.isAnswer(e)) {
          return problem; // nobody answers: not for another namespace either
        }
      }
    }
    return problem;
  }
}
