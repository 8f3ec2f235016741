package training.fusion.local;

import io.fabric8.kubernetes.client.CustomResource;
import java.util.Objects;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepStatus;

/** Where a training or a sweep is on its way to an end. */
enum LifecycleState {
  /** Something is still to come. */
  OPEN,
  /** Stopped, until somebody asks it to go on. */
  SUSPENDED,
  /** Stopped after the epoch that its spec names, until that names another, or none. */
  PAUSED,
  SUCCEEDED,
  FAILED;

  /** Of what the resource's spec asks for now. */
  static LifecycleState of(CustomResource<?, ?> resource) {
    if (resource instanceof FusionSweep sweep) {
      return of(sweep);
    }
    return of((FusionTraining) resource);
  }

  /** Whether it has ended for good. */
  boolean isOver() {
    return this == SUCCEEDED || this == FAILED;
  }

  private static LifecycleState of(FusionTraining training) {
    FusionTrainingStatus status = training.getStatus();
    if (status == null || status.state() == null) {
      return OPEN;
    }
    boolean sameSpec =
        Boolean.TRUE.equals(status.begun())
            || Objects.equals(status.observedGeneration(), training.getMetadata().getGeneration());
    boolean thisRun =
        sameSpec
            && Objects.requireNonNullElse(status.runId(), "")
                .equals(Objects.requireNonNullElse(training.getSpec().runId(), ""));
    return switch (status.state()) {
      case SUCCEEDED -> thisRun ? SUCCEEDED : OPEN;
      case FAILED -> thisRun ? FAILED : OPEN;
      case SUSPENDED -> SUSPENDED;
      case PAUSED -> isObserved(training) ? PAUSED : OPEN;
      default -> OPEN;
    };
  }

  private static boolean isObserved(FusionTraining training) {
    return Objects.equals(
        Objects.requireNonNull(training.getStatus()).observedGeneration(),
        training.getMetadata().getGeneration());
  }

  private static LifecycleState of(FusionSweep sweep) {
    FusionSweepStatus status = sweep.getStatus();
    if (status == null
        || status.state() == null
        || !Objects.equals(status.observedGeneration(), sweep.getMetadata().getGeneration())) {
      return OPEN;
    }
    return switch (status.state()) {
      case SUCCEEDED -> SUCCEEDED;
      case FAILED -> FAILED;
      case SUSPENDED -> SUSPENDED;
      default -> OPEN;
    };
  }
}
