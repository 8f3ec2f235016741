package training.fusion.e2e.node;

import java.lang.reflect.AnnotatedElement;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import training.fusion.e2e.cluster.ClusterExtension;

/** A real node for each class that asks for it, where its machine and the build allow one. */
class RealNodeExtension extends ClusterExtension<RealNode> {
  RealNodeExtension() {
    super(RealNode.class, "a real node");
  }

  @Override
  protected Optional<String> missing() {
    return RealNode.missing();
  }

  @Override
  protected RealNode start() {
    return RealNode.start();
  }

  /** The test class: a node takes a share of the machine that other tests need. */
  @Override
  protected ExtensionContext.Store kept(ExtensionContext context, Namespace namespace) {
    Optional<AnnotatedElement> element = context.getElement();
    return element.isPresent() && element.get() instanceof Class<?>
        ? context.getStore(namespace)
        : kept(context.getParent().orElseThrow(), namespace);
  }
}
