package training.fusion.operator.watch;

import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.resource.sweep.FusionSweep;

/** What the sweeps' informer last saw. */
@Singleton
public class SweepInformer {
  private volatile @Nullable IndexerResourceCache<FusionSweep> sweeps;

  /** The controller's own informer. */
  public void seenBy(IndexerResourceCache<FusionSweep> informer) {
    sweeps = informer;
  }

  /** All sweeps that were seen; none before the informer is started. */
  public List<FusionSweep> sweeps() {
    var informer = sweeps;
    return informer == null ? List.of() : informer.list().toList();
  }

  /** A sweep, if it was seen. */
  public Optional<FusionSweep> sweep(String namespace, String name) {
    return Optional.ofNullable(sweeps)
        .flatMap(informer -> informer.get(new ResourceID(name, namespace)));
  }
}
