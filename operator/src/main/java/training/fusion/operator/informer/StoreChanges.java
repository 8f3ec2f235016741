package training.fusion.operator.informer;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Tells that something has changed in the informers' stores, to those who want to know. */
@Singleton
public class StoreChanges {
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();

  /** Is called by the informers' threads, and must not keep them. */
  public interface Listener {
    /**
     * A resource came, changed or went.
     *
     * @param key its namespace and name, with a slash between
     */
    void changed(String key);

    /** A store is a new one: whatever was known of the former may be wrong. */
    void startedAnew();
  }

  /** From now on it is told. */
  public void tell(Listener listener) {
    listeners.add(listener);
  }

  /** The same store, whose changes are told; it is a new one. */
  public <R extends HasMetadata> ItemStore<R> of(ItemStore<R> store) {
    listeners.forEach(Listener::startedAnew);
    return new ToldStore<>(
        store, resource -> changed(Cache.metaNamespaceKeyFunc(resource)), this::changed);
  }

  private void changed(String key) {
    listeners.forEach(listener -> listener.changed(key));
  }
}
