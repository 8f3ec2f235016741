package training.fusion.operator.training;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import jakarta.inject.Singleton;
import java.util.Optional;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.informer.Namespaces;
import training.fusion.operator.status.Refusal;

/**
 * Readiness: the API server lets us list trainings, in one namespace at least, and answers
 * reconciles. What it answers to one of them is that resource's matter.
 */
@Readiness
@Singleton
public class ReconcileHealth implements HealthCheck {
  private final KubernetesClient client;
  private final Namespaces namespaces;
  private final Reconciles reconciles;

  ReconcileHealth(KubernetesClient client, Namespaces namespaces, Reconciles reconciles) {
    this.client = client;
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
        listOne(namespace);
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

  private void listOne(String namespace) {
    var trainings = client.resources(FusionTraining.class);
    var one = new ListOptionsBuilder().withLimit(1L).build();
    if (namespace.equals(Constants.WATCH_ALL_NAMESPACES)) {
      trainings.inAnyNamespace().list(one);
    } else {
      trainings.inNamespace(namespace).list(one);
    }
  }
}
