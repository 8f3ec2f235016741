package training.fusion.e2e.cluster;

import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.StoreScope;

/** One control plane for the whole test run, started by the first class that asks for it. */
class ControlPlaneExtension extends ClusterExtension<ControlPlane> {
  ControlPlaneExtension() {
    super(ControlPlane.class, "a real control plane");
  }

  @Override
  protected Optional<String> missing() {
    return ControlPlane.isBuilt() ? Optional.empty() : Optional.of(NOT_BUILT);
  }

  @Override
  protected ControlPlane start() {
    return ControlPlane.start();
  }

  @Override
  protected ExtensionContext.Store kept(ExtensionContext context, Namespace namespace) {
    return context.getStore(StoreScope.LAUNCHER_SESSION, namespace);
  }
}
