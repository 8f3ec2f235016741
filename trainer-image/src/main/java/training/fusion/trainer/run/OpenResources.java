package training.fusion.trainer.run;

import java.util.ArrayDeque;
import java.util.Deque;

/** What was opened one after the other; it is closed in the opposite order, all of it. */
final class OpenResources implements AutoCloseable {
  private final Deque<AutoCloseable> resources = new ArrayDeque<>();

  /** From now on this is closed, too. */
  <T extends AutoCloseable> T add(T resource) {
    resources.push(resource);
    return resource;
  }

  /** Closes all after a failure, which keeps what else fails then. */
  void closeAfter(Throwable failure) {
    while (!resources.isEmpty()) {
      try {
        resources.pop().close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
  }

  @Override
  public void close() {
    var failure = new IllegalStateException("not all could be closed");
    closeAfter(failure);
    if (failure.getSuppressed().length > 0) {
      throw failure;
    }
  }
}
