package training.fusion.operator.training;

import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.operator.resource.Refusal;

/**
 * Whether reconciles get through to the API server. What it answers is about one resource, however
 * bad the answer is, and that resource tells it: it says nothing of this process.
 */
@Singleton
public class Reconciles {
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  private final InstantSource clock;
  private @Nullable Instant failingSince;
  private String lastFailure = "";

  /** Nothing has failed yet. */
  public Reconciles(InstantSource clock) {
    this.clock = clock;
  }

  /** One succeeded. */
  public synchronized void succeeded() {
    failingSince = null;
  }

  /** One failed, and will be tried again. */
  public synchronized void failed(Exception e) {
    if (!(e instanceof KubernetesClientException request)) {
      return; // one resource that we can't cope with
    }
    if (Refusal.isAnswer(request)) {
      succeeded();
      return;
    }
    if (failingSince == null) {
      failingSince = clock.instant();
    }
    lastFailure = String.valueOf(e.getMessage());
  }

  /** The last failure, where for a minute no reconcile was answered. */
  synchronized Optional<String> problem() {
    return failingSince != null && clock.instant().isAfter(failingSince.plus(PATIENCE))
        ? Optional.of(lastFailure)
        : Optional.empty();
  }
}
