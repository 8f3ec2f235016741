package training.fusion.operator.retention;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.api.resource.sweep.FusionSweepStatus.State;
import training.fusion.operator.reading.UnreadField;
import training.fusion.operator.resource.Conditions;
import training.fusion.operator.watch.Observation;

/** What has ended, and is nobody's to keep. */
final class Ended {
  /** Annotation or label, of whatever value: never delete this one. */
  static final String KEEP = "fusion.training/keep";

  /**
   * What tools leave that would make again what was deleted, and so train again: beginnings of
   * labels' and annotations' names.
   */
  private static final List<String> HELD =
      List.of(
          KEEP,
          "kustomize.toolkit.fluxcd.io/",
          "helm.toolkit.fluxcd.io/",
          "argocd.argoproj.io/",
          "meta.helm.sh/",
          "config.k8s.io/owning-inventory",
          "configsync.gke.io/");

  private Ended() {}

  /** Whether its run is over, as far as this operator can read it. */
  static boolean isOver(Observation seen) {
    return seen.isReadable() && seen.hasFinished();
  }

  /** Whether a training's run had ended before a time, and nobody keeps it. */
  static boolean before(Observation seen, Instant time) {
    return isOver(seen)
        && isFree(seen.training())
        && isBefore(seen.training().getStatus().completionTime(), time);
  }

  /** The same of a sweep, and of its spec as it is now. */
  static boolean before(FusionSweep sweep, Instant time) {
    FusionSweepStatus status = sweep.getStatus();
    return status != null
        && UnreadField.of(sweep).isEmpty()
        && (status.state() == State.SUCCEEDED || status.state() == State.FAILED)
        && sweep.getMetadata().getGeneration().equals(status.observedGeneration())
        && isFree(sweep)
        && isBefore(status.completionTime(), time);
  }

  /** The uids of the controllers of an object. */
  static Set<String> controllers(HasMetadata object) {
    List<OwnerReference> owners = object.getMetadata().getOwnerReferences();
    return owners == null
        ? Set.of()
        : Set.copyOf(
            owners.stream()
                .filter(owner -> Boolean.TRUE.equals(owner.getController()))
                .map(OwnerReference::getUid)
                .toList());
  }

  /** A sweep's trials go with it, and what somebody else's object controls is that one's. */
  private static boolean isFree(HasMetadata object) {
    ObjectMeta metadata = object.getMetadata();
    return !object.isMarkedForDeletion()
        && controllers(object).isEmpty()
        && Stream.of(metadata.getLabels(), metadata.getAnnotations())
            .flatMap(Ended::names)
            .noneMatch(name -> HELD.stream().anyMatch(name::startsWith));
  }

  private static Stream<String> names(@Nullable Map<String, String> values) {
    return values == null ? Stream.empty() : values.keySet().stream();
  }

  private static boolean isBefore(@Nullable String ended, Instant time) {
    return Conditions.instant(ended).filter(end -> end.isBefore(time)).isPresent();
  }
}
