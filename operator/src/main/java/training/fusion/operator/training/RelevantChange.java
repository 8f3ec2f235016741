package training.fusion.operator.training;

import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus.Progress;

/** Which changes of a training are worth a look: its spec, and what its trainer reports. */
public final class RelevantChange implements OnUpdateFilter<FusionTraining> {
  @Override
  public boolean accept(FusionTraining now, FusionTraining before) {
    return !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || !Objects.equals(progress(now), progress(before));
  }

  private static @Nullable Progress progress(FusionTraining training) {
    return training.getStatus() == null ? null : training.getStatus().progress();
  }
}
