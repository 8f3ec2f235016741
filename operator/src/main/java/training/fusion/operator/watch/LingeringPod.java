package training.fusion.operator.watch;

import io.fabric8.kubernetes.api.model.ContainerStateTerminated;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import training.fusion.operator.job.OtherContainer;
import training.fusion.operator.job.OtherContainer.Kind;
import training.fusion.operator.job.TrainerPod;

/**
 * A pod whose trainer has ended while the pod has not: its other containers hold it, and the GPU
 * with it. No Job ends before all ordinary containers of its pod do, so that somebody has to end
 * it.
 *
 * @param until when it has had time enough to end by itself
 */
public record LingeringPod(TrainerPod pod, Instant until) {
  /** Time for a sidecar to see that the trainer has ended, and to send its last log lines. */
  public static final Duration PATIENCE = Duration.ofSeconds(30);

  /** The pod, if it is such a one. */
  public static Optional<LingeringPod> of(TrainerPod pod) {
    return Optional.of(pod)
        .filter(it -> !it.hasEnded())
        .flatMap(TrainerPod::endedAt)
        .map(ended -> new LingeringPod(pod, ended.plus(patience(pod, ended))));
  }

  // Native sidecars are told to end by their node, once the last ordinary container has.
  private static Duration patience(TrainerPod pod, Instant ended) {
    List<OtherContainer> ordinary = ofKind(pod, Kind.ORDINARY);
    if (ordinary.stream().anyMatch(it -> it.terminated().isEmpty())) {
      return PATIENCE;
    }
    Instant last =
        ordinary.stream()
            .flatMap(it -> it.terminated().map(ContainerStateTerminated::getFinishedAt).stream())
            .map(Instant::parse)
            .max(Instant::compareTo)
            .filter(it -> it.isAfter(ended))
            .orElse(ended);
    return Duration.between(ended, last).plus(pod.gracePeriod()).plus(PATIENCE);
  }

  private static List<OtherContainer> ofKind(TrainerPod pod, Kind kind) {
    return pod.others().stream().filter(it -> it.kind() == kind).toList();
  }

  /** Whether it has had its time. */
  public boolean isOverdue(Instant now) {
    return !now.isBefore(until);
  }

  /** Names of the containers that have not ended; empty where the node just has not said so. */
  public String containers() {
    return Stream.of(Kind.ORDINARY, Kind.SIDECAR)
        .flatMap(kind -> ofKind(pod, kind).stream())
        .filter(it -> it.terminated().isEmpty())
        .map(OtherContainer::name)
        .collect(Collectors.joining(", "));
  }
}
