package training.fusion.operator.informer;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A store that tells what is put into it, and what is taken out. */
final class ToldStore<R extends HasMetadata> implements ItemStore<R> {
  private final ItemStore<R> store;
  private final Consumer<R> put;
  private final Consumer<String> removed;

  /**
   * The same store.
   *
   * @param put gets a resource when it is in
   * @param removed gets the key of one that is out
   */
  ToldStore(ItemStore<R> store, Consumer<R> put, Consumer<String> removed) {
    this.store = store;
    this.put = put;
    this.removed = removed;
  }

  @Override
  public String getKey(R resource) {
    return store.getKey(resource);
  }

  @Override
  public @Nullable R put(String key, R resource) {
    @Nullable R before = store.put(key, resource);
    put.accept(resource);
    return before;
  }

  @Override
  public @Nullable R get(String key) {
    return store.get(key);
  }

  @Override
  public @Nullable R remove(String key) {
    @Nullable R before = store.remove(key);
    removed.accept(key);
    return before;
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
