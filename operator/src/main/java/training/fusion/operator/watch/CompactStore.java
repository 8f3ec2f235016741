package training.fusion.operator.watch;

import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.operator.watch.Packer.Packed;

/**
 * An informer's store that keeps what is read of resources, as packed JSON: a training with its Job
 * and pod takes some 30 KiB as objects, and a fortieth of that here. Whoever reads gets an object
 * of their own.
 */
class CompactStore<R extends HasMetadata> implements ItemStore<R> {
  private final Map<String, Packed> items = new ConcurrentHashMap<>();
  private final Packer packer = new Packer();
  private final ObjectWriter writer;
  private final ObjectReader reader;
  private final UnaryOperator<R> pruned;
  private final Function<LazyResource<R>, R> stored;

  /**
   * An empty store.
   *
   * @param pruned takes from a resource what nobody reads; name, namespace and versions stay
   * @param stored what is given to those who read
   */
  CompactStore(Class<R> type, UnaryOperator<R> pruned, Function<LazyResource<R>, R> stored) {
    writer = Serialization.jsonMapper().writerFor(type);
    reader = Serialization.jsonMapper().readerFor(type);
    this.pruned = pruned;
    this.stored = stored;
  }

  @Override
  public String getKey(R resource) {
    return Cache.metaNamespaceKeyFunc(resource);
  }

  @Override
  public @Nullable R put(String key, R resource) {
    return read(items.put(key, packed(resource)));
  }

  @Override
  public @Nullable R get(String key) {
    return read(items.get(key));
  }

  @Override
  public @Nullable R remove(String key) {
    return read(items.remove(key));
  }

  @Override
  public Stream<String> keySet() {
    return items.keySet().stream();
  }

  @Override
  public Stream<R> values() {
    return items.values().stream().map(this::read);
  }

  @Override
  public int size() {
    return items.size();
  }

  @Override
  public boolean isFullState() {
    return false; // not all that the API server has
  }

  /** What is read of it. */
  Packed packed(R resource) {
    try {
      return packer.pack(writer.writeValueAsBytes(pruned.apply(resource)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  R unpacked(Packed item) {
    return stored.apply(new LazyResource<>(item, reader));
  }

  private @Nullable R read(@Nullable Packed item) {
    return item == null ? null : unpacked(item);
  }
}
