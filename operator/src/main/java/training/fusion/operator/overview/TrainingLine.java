package training.fusion.operator.overview;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Model;
import training.fusion.api.Training;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingSpec;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.api.resource.FusionTrainingStatus.OptimizationStatus;
import training.fusion.api.resource.FusionTrainingStatus.Progress;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.run.Metrics;
import training.fusion.operator.resource.Conditions;

/**
 * A training in a line; what is not known yet is left out.
 *
 * @param version the resource's, which changes whenever anything does
 * @param sweep name of the sweep that it is a trial of
 * @param why the state, in a sentence
 * @param eta when the run should end
 * @param metrics newest validation while training, the test set's at the end
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record TrainingLine(
    String namespace,
    String name,
    String version,
    @Nullable String sweep,
    FusionTrainingStatus.@Nullable State state,
    @Nullable String why,
    @Nullable Architecture architecture,
    @Nullable String optimizer,
    @Nullable Long seed,
    @Nullable Integer epoch,
    @Nullable Integer epochs,
    @Nullable Integer percent,
    @Nullable Double imagesPerSecond,
    @Nullable String eta,
    @Nullable Metrics metrics,
    @Nullable Integer restarts,
    @Nullable String node,
    @Nullable String created,
    @Nullable String ended) {
  /** Conditions that say why a training is as it is, if they are true; the first one counts. */
  private static final List<String> REASONS = List.of("Failed", "Suspended", "Reconciling");

  static TrainingLine of(FusionTraining training) {
    Optional<FusionTrainingStatus> status = Optional.ofNullable(training.getStatus());
    Optional<Progress> progress = status.map(FusionTrainingStatus::progress);
    Optional<String> ended = status.map(FusionTrainingStatus::completionTime);
    return new TrainingLine(
        training.getMetadata().getNamespace(),
        training.getMetadata().getName(),
        training.getMetadata().getResourceVersion(),
        sweepOf(training),
        status.map(FusionTrainingStatus::state).orElse(null),
        status.map(FusionTrainingStatus::conditions).map(TrainingLine::why).orElse(null),
        Optional.ofNullable(training.getSpec())
            .map(FusionTrainingSpec::model)
            .map(Model::architecture)
            .orElse(null),
        status
            .map(FusionTrainingStatus::optimization)
            .map(OptimizationStatus::summary)
            .orElse(null),
        Optional.ofNullable(training.getSpec())
            .map(FusionTrainingSpec::training)
            .map(Training::seed)
            .orElse(null),
        progress.map(Progress::epoch).orElse(null),
        progress.map(Progress::epochs).orElse(null),
        progress.map(Progress::percent).orElse(null),
        ended.isPresent() ? null : progress.map(Progress::imagesPerSecond).orElse(null),
        ended.isPresent() ? null : progress.map(Progress::estimatedCompletionTime).orElse(null),
        status.map(FusionTrainingStatus::metrics).orElse(null),
        status.map(FusionTrainingStatus::restarts).orElse(null),
        status.map(FusionTrainingStatus::node).orElse(null),
        training.getMetadata().getCreationTimestamp(),
        ended.orElse(null));
  }

  /** The name of the sweep that owns it. */
  private static @Nullable String sweepOf(HasMetadata training) {
    return training.getMetadata().getOwnerReferences().stream()
        .filter(owner -> FusionSweep.KIND.equals(owner.getKind()))
        .map(OwnerReference::getName)
        .findFirst()
        .orElse(null);
  }

  /** The sentence of the condition that counts. */
  static @Nullable String why(List<Condition> conditions) {
    return REASONS.stream()
        .flatMap(type -> Conditions.find(conditions, type).stream())
        .filter(condition -> "True".equals(condition.getStatus()))
        .flatMap(condition -> Stream.ofNullable(condition.getMessage()))
        .filter(message -> !message.isBlank())
        .findFirst()
        .orElse(null);
  }
}
