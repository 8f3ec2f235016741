package training.fusion.operator.informer;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store that tells the resource version of all that is put into it. */
final class ToldVersions<R extends HasMetadata> implements ItemStore<R> {
  private final ItemStore<R> store;
  private final Consumer<String> versions;

  ToldVersions(ItemStore<R> store, Consumer<String> versions) {
    this.store = store;
    this.versions = versions;
  }

  @Override
  public String getKey(R resource) {
    return store.getKey(resource);
  }

  @Override
  public @Nullable R put(String key, R resource) {
    versions.accept(resource.getMetadata().getResourceVersion());
    return store.put(key, resource);
  }

  @Override
  public @Nullable R get(String key) {
    return store.get(key);
  }

  @Override
  public @Nullable R remove(String key) {
    return store.remove(key);
  }

  @Override
  public Stream<String> keySet() {
    return store.keySet();
  }

  @Override
  public Stream<R> values() {
    return store.values();
  }

  @Override
  public int size() {
    return store.size();
  }

  @Override
  public boolean isFullState() {
    return store.isFullState();
  }
}
