package training.fusion.operator.watch;

import com.fasterxml.jackson.databind.ObjectReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import org.jspecify.annotations.Nullable;
import training.fusion.operator.watch.Packer.Packed;

/**
 * A resource that is parsed when it is asked for, and forgotten when memory is wanted. The operator
 * SDK and its informers hold thousands at once: of each reconcile that waits for its turn, and,
 * when they have listed all there are, of each of these. They read little of them; parsed whole,
 * each takes some 10 KiB.
 */
final class LazyResource<R> {
  private final Packed json;
  private final ObjectReader reader;
  private volatile Reference<@Nullable R> parsed = new WeakReference<>(null);

  LazyResource(Packed json, ObjectReader reader) {
    this.json = json;
    this.reader = reader;
  }

  /** The resource; two threads at once may parse it both. Changes of it get lost. */
  R get() {
    R resource = parsed.get();
    if (resource == null) {
      try {
        resource = reader.readValue(json.unpack());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      parsed = new WeakReference<>(resource);
    }
    return resource;
  }
}
