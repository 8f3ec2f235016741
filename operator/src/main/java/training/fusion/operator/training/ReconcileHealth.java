package training.fusion.operator.training;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.api.reconciler.Constants;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.operator.status.Watched;

/**
 * Readiness: the API server lets us list trainings, and not every reconcile of the last minute
 * failed.
 */
@Readiness
@Singleton
public class ReconcileHealth implements HealthCheck {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final KubernetesClient client;
  private final Watched watched;
  private final InstantSource clock;
  private @Nullable Instant failingSince;
  private @Nullable String lastFailure;

  ReconcileHealth(KubernetesClient client, Watched watched, InstantSource clock) {
    this.client = client;
    this.watched = watched;
    this.clock = clock;
  }

  /** A reconcile succeeded. */
  synchronized void succeeded() {
    failingSince = null;
    lastFailure = null;
  }

  /** A reconcile failed. */
  synchronized void failed(Exception e) {
    if (failingSince == null) {
      failingSince = clock.instant();
    }
    lastFailure = String.valueOf(e.getMessage());
  }

  @Override
  public HealthCheckResponse call() {
    var response = HealthCheckResponse.named("reconciles succeed");
    String problem = problem();
    return problem == null
        ? response.up().build()
        : response.down().withData("problem", problem).build();
  }

  private @Nullable String problem() {
    synchronized (this) {
      if (failingSince != null
          && lastFailure != null
          && clock.instant().isAfter(failingSince.plus(PATIENCE))) {
        return lastFailure;
      }
    }
    try {
      listOne();
      return null;
    } catch (KubernetesClientException | IllegalStateException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private void listOne() {
    String namespace = watched.namespaces().iterator().next();
    var trainings = client.resources(FusionTraining.class);
    var one = new ListOptionsBuilder().withLimit(1L).build();
    if (namespace.equals(Constants.WATCH_ALL_NAMESPACES)) {
      trainings.inAnyNamespace().list(one);
    } else {
      trainings.inNamespace(namespace).list(one);
    }
  }
}
