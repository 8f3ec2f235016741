package training.fusion.operator.job;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import io.fabric8.kubernetes.api.model.ContainerStateWaiting;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A container beside the trainer. None is ours: an admission webhook has put it into the Job or the
 * pod, for a service mesh, say, or for secrets or logs.
 *
 * @param image as the pod asks for it
 * @param status what its node says of it; null before it says anything
 */
public record OtherContainer(
    String name, String image, Kind kind, @Nullable ContainerStatus status) {
  /** When it runs, and what its end means for the pod. */
  public enum Kind {
    /** Before the trainer, to its end. */
    INIT("init container"),
    /** Before the trainer and beside it; its node ends it after the trainer. */
    SIDECAR("sidecar"),
    /** Beside the trainer: the pod does not end before it does. */
    ORDINARY("container");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    /** As people call it. */
    @Override
    public String toString() {
      return label;
    }
  }

  static OtherContainer init(Container container, @Nullable ContainerStatus status) {
    Kind kind = "Always".equals(container.getRestartPolicy()) ? Kind.SIDECAR : Kind.INIT;
    return new OtherContainer(container.getName(), image(container), kind, status);
  }

  static OtherContainer ordinary(Container container, @Nullable ContainerStatus status) {
    return new OtherContainer(container.getName(), image(container), Kind.ORDINARY, status);
  }

  private static String image(Container container) {
    return container.getImage() == null ? "" : container.getImage();
  }

  /** Its kind and name. */
  public String described() {
    return "the " + kind + " " + name;
  }

  /** Why it has not started, if its node says so. */
  public Optional<ContainerStateWaiting> waiting() {
    return state().map(ContainerState::getWaiting);
  }

  /** How it ended, if it did. */
  public Optional<ContainerStateTerminated> terminated() {
    return state().map(ContainerState::getTerminated);
  }

  /** How it ended the last time, where it is started again and again. */
  public Optional<ContainerStateTerminated> lastTerminated() {
    return Optional.ofNullable(status)
        .map(ContainerStatus::getLastState)
        .map(ContainerState::getTerminated);
  }

  /** Whether it ended with anything but 0. */
  public boolean hasFailed() {
    return terminated()
        .filter(end -> end.getExitCode() != null && end.getExitCode() != 0)
        .isPresent();
  }

  private Optional<ContainerState> state() {
    return Optional.ofNullable(status).map(ContainerStatus::getState);
  }
}
