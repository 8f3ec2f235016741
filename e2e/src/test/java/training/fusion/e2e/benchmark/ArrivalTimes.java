package training.fusion.e2e.benchmark;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.NullUnmarked;
import training.fusion.api.resource.FusionTraining;

/** When each item's object was first seen, and first seen as wanted. */
@NullUnmarked // as the API server sends it, much may be absent
record ArrivalTimes<T extends HasMetadata>(
    Map<String, Instant> first,
    Map<String, Instant> wanted,
    Function<T, String> item,
    Predicate<T> isWanted)
    implements ResourceEventHandler<T> {
  /** Of trainings, and of their ends. */
  static ArrivalTimes<FusionTraining> ofTrainings(
      Map<String, Instant> first, Map<String, Instant> ended) {
    return new ArrivalTimes<>(
        first,
        ended,
        training -> training.getMetadata().getName(),
        training -> training.getStatus() != null && training.getStatus().completionTime() != null);
  }

  /** Of Jobs, and of their completion. */
  static ArrivalTimes<Job> ofJobs(
      Map<String, Instant> first, Map<String, Instant> complete, Function<Job, String> item) {
    return new ArrivalTimes<>(
        first,
        complete,
        item,
        job ->
            job.getStatus() != null
                && job.getStatus().getConditions().stream()
                    .anyMatch(
                        it -> it.getType().equals("Complete") && it.getStatus().equals("True")));
  }

  /** Of pods, and of their success. */
  static ArrivalTimes<Pod> ofPods(
      Map<String, Instant> first, Map<String, Instant> succeeded, Function<Pod, String> item) {
    return new ArrivalTimes<>(
        first, succeeded, item, pod -> "Succeeded".equals(pod.getStatus().getPhase()));
  }

  @Override
  public void onAdd(T object) {
    first.putIfAbsent(item.apply(object), Instant.now());
    onUpdate(object, object);
  }

  @Override
  public void onUpdate(T before, T object) {
    if (isWanted.test(object)) {
      wanted.putIfAbsent(item.apply(object), Instant.now());
    }
  }

  @Override
  public void onDelete(T object, boolean stateUnknown) {}
}
