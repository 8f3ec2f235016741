package training.fusion.e2e.queue;

import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;
import training.fusion.e2e.cluster.ClusterExtension;
import training.fusion.e2e.cluster.ControlPlane;

/** Kueue beside a control plane of its own, because it has a say in all Jobs of a cluster. */
class KueueExtension extends ClusterExtension<Kueue> {
  KueueExtension() {
    super(Kueue.class, "Kueue itself");
  }

  @Override
  protected Optional<String> missing() {
    if (!ControlPlane.isBuilt()) {
      return Optional.of(NOT_BUILT);
    }
    return Kueue.isBuilt()
        ? Optional.empty()
        : Optional.of("e2e/cluster kueue build makes them run");
  }

  @Override
  protected Kueue start() {
    return Kueue.start();
  }

  @Override
  protected ExtensionContext.Store kept(ExtensionContext context, Namespace namespace) {
    return context.getStore(StoreScope.LAUNCHER_SESSION, namespace);
  }
}
