package training.fusion.e2e;

import java.lang.reflect.AnnotatedElement;
import java.util.Optional;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** A real node for each class that asks for it, where its machine and the build allow one. */
class RealNodeExtension extends ClusterExtension<RealNode> {
  RealNodeExtension() {
    super(RealNode.class, "a real node");
  }

  @Override
  Optional<String> missing() {
    return RealNode.missing();
  }

  @Override
  RealNode start() {
    return RealNode.start();
  }

  /** The test class: a node takes a share of the machine that other tests need. */
  @Override
  ExtensionContext.Store kept(ExtensionContext context, Namespace namespace) {
    Optional<AnnotatedElement> element = context.getElement();
    return element.isPresent() && element.get() instanceof Class<?>
        ? context.getStore(namespace)
        : kept(context.getParent().orElseThrow(), namespace);
  }
}
