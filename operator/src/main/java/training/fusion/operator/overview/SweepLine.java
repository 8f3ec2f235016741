package training.fusion.operator.overview;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.api.resource.sweep.FusionSweepStatus;

/**
 * A sweep in a line; what is not known yet is left out.
 *
 * @param version the resource's, which changes whenever anything does
 * @param why the state, in a sentence
 * @param best the group with the highest mean accuracy on validation
 * @param report whether there is a report to be read
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record SweepLine(
    String namespace,
    String name,
    String version,
    FusionSweepStatus.@Nullable State state,
    @Nullable String why,
    FusionSweepStatus.@Nullable Trials trials,
    FusionSweepStatus.@Nullable Group best,
    boolean report,
    @Nullable String created,
    @Nullable String ended) {

  static SweepLine of(FusionSweep sweep) {
    Optional<FusionSweepStatus> status = Optional.ofNullable(sweep.getStatus());
    return new SweepLine(
        sweep.getMetadata().getNamespace(),
        sweep.getMetadata().getName(),
        sweep.getMetadata().getResourceVersion(),
        status.map(FusionSweepStatus::state).orElse(null),
        status.map(FusionSweepStatus::conditions).map(TrainingLine::why).orElse(null),
        status.map(FusionSweepStatus::trials).orElse(null),
        status.map(FusionSweepStatus::best).orElse(null),
        status.map(FusionSweepStatus::report).map(FusionSweepStatus.Report::configMap).isPresent(),
        sweep.getMetadata().getCreationTimestamp(),
        status.map(FusionSweepStatus::completionTime).orElse(null));
  }
}
