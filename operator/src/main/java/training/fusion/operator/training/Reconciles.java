package training.fusion.operator.training;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether reconciles succeed: one that fails is tried again, all that fail are a problem. */
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
    if (failingSince == null) {
      failingSince = clock.instant();
    }
    lastFailure = String.valueOf(e.getMessage());
  }

  /** The last failure, where for a minute nothing but failures was seen. */
  synchronized Optional<String> problem() {
    return failingSince != null && clock.instant().isAfter(failingSince.plus(PATIENCE))
        ? Optional.of(lastFailure)
        : Optional.empty();
  }
}
