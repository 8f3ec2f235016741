package training.fusion.e2e;

import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/** Kueue beside a control plane of its own, because it has a say in all Jobs of a cluster. */
class KueueExtension extends ClusterExtension<Kueue> {
  KueueExtension() {
    super(Kueue.class, "Kueue itself");
  }

  @Override
  Optional<String> missing() {
    if (!ControlPlane.isBuilt()) {
      return Optional.of(NOT_BUILT);
    }
    return Kueue.isBuilt()
        ? Optional.empty()
        : Optional.of("e2e/cluster kueue build makes them run");
  }

  @Override
  Kueue start() {
    return Kueue.start();
  }

  @Override
  ExtensionContext.Store kept(ExtensionContext context, Namespace namespace) {
    return context.getStore(StoreScope.LAUNCHER_SESSION, namespace);
  }
}
