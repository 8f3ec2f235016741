package training.fusion.operator.watch;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodStatus;

/**
 * A Pod that is parsed when it is asked for. It is to be read: the client does not know its class,
 * and changes of it get lost.
 */
final class StoredPod extends Pod {
  private static final long serialVersionUID = 1;
  private final transient LazyResource<Pod> stored;

  StoredPod(LazyResource<Pod> stored) {
    this.stored = stored;
  }

  @Override
  public ObjectMeta getMetadata() {
    return stored.get().getMetadata();
  }

  @Override
  public PodSpec getSpec() {
    return stored.get().getSpec();
  }

  @Override
  public PodStatus getStatus() {
    return stored.get().getStatus();
  }
}
