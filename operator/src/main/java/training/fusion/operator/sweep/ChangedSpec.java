package training.fusion.operator.sweep;

import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;
import training.fusion.api.resource.sweep.FusionSweep;

/** A sweep's own changes of status are no news. */
public final class ChangedSpec implements OnUpdateFilter<FusionSweep> {
  @Override
  public boolean accept(FusionSweep now, FusionSweep before) {
    return !Objects.equals(now.getMetadata().getGeneration(), before.getMetadata().getGeneration());
  }
}
