package training.fusion.operator.informer;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A configuration of informers, one for each namespace, each with a store of its own. The operator
 * SDK gives all of them the same, and each takes out what it has not listed itself: the other
 * namespaces' objects.
 */
public final class OwnStores<R extends HasMetadata> extends InformerConfiguration<R> {
  private final Supplier<Set<String>> namespaces;
  private final Supplier<ItemStore<R>> stores;

  /**
   * The same informers.
   *
   * @param namespaces asked when informers are started
   * @param stores gives a new one each time
   */
  public OwnStores(
      InformerConfiguration<R> like,
      Supplier<Set<String>> namespaces,
      Supplier<ItemStore<R>> stores) {
    super(
        like.getResourceClass(),
        like.getName(),
        like.getNamespaces(),
        like.getFollowControllerNamespaceChanges(),
        like.getLabelSelector(),
        like.getOnAddFilter(),
        like.getOnUpdateFilter(),
        like.getOnDeleteFilter(),
        like.getGenericFilter(),
        null,
        like.getInformerListLimit(),
        like.getFieldSelector(),
        like.isComparableResourceVersions(),
        like.getGhostResourceCacheCheckInterval());
    this.namespaces = namespaces;
    this.stores = stores;
  }

  /** The same event source, each of whose informers has a store of its own. */
  public static <R extends HasMetadata> InformerEventSourceConfiguration<R> in(
      InformerEventSourceConfiguration<R> like, Supplier<ItemStore<R>> stores) {
    return new EventSource<>(
        like,
        new OwnStores<>(like.getInformerConfig(), like.getInformerConfig()::getNamespaces, stores));
  }

  @Override
  public Set<String> getNamespaces() {
    return namespaces.get();
  }

  @Override
  public ItemStore<R> getItemStore() {
    return stores.get();
  }

  private static final class EventSource<R extends HasMetadata>
      extends InformerEventSourceConfiguration.DefaultInformerEventSourceConfiguration<R> {
    EventSource(InformerEventSourceConfiguration<R> like, InformerConfiguration<R> informers) {
      super(
          like.getGroupVersionKind().orElse(null),
          like.getPrimaryToSecondaryMapper(),
          like.getSecondaryToPrimaryMapper(),
          informers,
          like.getKubernetesClient().orElse(null));
    }
  }
}
