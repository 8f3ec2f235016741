package training.fusion.operator.progress;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import jakarta.inject.Singleton;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.operator.bounds.StatusSchema;
import training.fusion.operator.resource.MergePatch;
import training.fusion.operator.resource.StatusSubresource;

/** The one writer of {@code status.progress}, and of nothing else. */
@Singleton
public class ProgressStatus {
  private static final ObjectMapper JSON = Serialization.jsonMapper();
  private static final StatusSchema PROGRESS = StatusSchema.TRAINING.at("progress");

  private final StatusSubresource statuses;

  /** A writer to this subresource. */
  public ProgressStatus(StatusSubresource statuses) {
    this.statuses = statuses;
  }

  /** Writes the newest progress of exactly this version of a training; any replica may. */
  FusionTraining write(FusionTraining training, Progress progress) {
    Progress before = training.getStatus() == null ? null : training.getStatus().progress();
    return patch(
        statuses.ofAnyReplica(), training, MergePatch.between(tree(before), tree(progress)));
  }

  /** Clears the progress of an earlier run, when a new one begins. */
  public FusionTraining forget(FusionTraining training) {
    return patch(statuses, training, null);
  }

  private static FusionTraining patch(
      StatusSubresource statuses, FusionTraining training, @Nullable ObjectNode progress) {
    ObjectNode status = JSON.createObjectNode();
    status.set("progress", progress);
    return statuses.patch(training, status);
  }

  private static JsonNode tree(@Nullable Progress progress) {
    return progress == null
        ? JSON.createObjectNode()
        : PROGRESS.fit(JSON.valueToTree(progress)).orElseGet(JSON::createObjectNode);
  }
}
