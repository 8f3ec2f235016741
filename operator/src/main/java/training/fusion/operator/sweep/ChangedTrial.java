package training.fusion.operator.sweep;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import io.javaoperatorsdk.operator.processing.event.source.informer.TransformingItemStore;
import java.util.List;
import java.util.Objects;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.FusionTrainingStatus;

/**
 * Which changes of a trial matter to its sweep: where it is, and whether it is to stop; what it has
 * shown changes with that.
 */
final class ChangedTrial implements OnUpdateFilter<FusionTraining> {
  private static final ObjectMapper JSON = Serialization.jsonMapper();

  @Override
  public boolean accept(FusionTraining now, FusionTraining before) {
    return !Objects.equals(state(now), state(before))
        || !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration());
  }

  private static Object state(FusionTraining trial) {
    return trial.getStatus() == null
        ? List.of()
        : List.of(
            String.valueOf(trial.getStatus().state()), String.valueOf(trial.getStatus().runId()));
  }

  /** A store that keeps no more than that; there may be thousands. */
  static ItemStore<FusionTraining> store() {
    return new TransformingItemStore<>(
        trial -> {
          trial.getMetadata().setManagedFields(List.of());
          trial.setSpec(
              some(
                  trial.getSpec(),
                  FusionTrainingSpec.class,
                  "suspend",
                  "pauseAfterEpoch",
                  "runId"));
          if (trial.getStatus() != null) {
            trial.setStatus(
                some(
                    trial.getStatus(),
                    FusionTrainingStatus.class,
                    "state",
                    "runId",
                    "pauses",
                    "best"));
          }
          return trial;
        });
  }

  private static <T> T some(T value, Class<T> type, String... fields) {
    ObjectNode tree = JSON.valueToTree(value);
    return JSON.convertValue(tree.retain(fields), type);
  }
}
