package training.fusion.e2e;

import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;

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
  ExtensionContext lifetime(ExtensionContext context) {
    return context.getRoot();
  }
}
