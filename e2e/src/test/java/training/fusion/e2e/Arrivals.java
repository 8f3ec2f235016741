package training.fusion.e2e;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import java.time.Instant;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;

/** When each item's object was first seen, and first seen as wanted. */
record Arrivals<T extends HasMetadata>(
    Map<String, Instant> first,
    Map<String, Instant> wanted,
    Function<T, String> item,
    Predicate<T> isWanted)
    implements ResourceEventHandler<T> {
  @Override
  public void onAdd(T object) {
    first.putIfAbsent(item.apply(object), Instant.now());
    onUpdate(object, object);
  }

  @Override
  public void onUpdate(T before, T object) {
    if (isWanted.test(object)) {
      wanted.putIfAbsent(item.apply(object), Instant.now());
    }
  }

  @Override
  public void onDelete(T object, boolean stateUnknown) {}
}
