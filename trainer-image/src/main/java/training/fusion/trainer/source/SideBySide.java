package training.fusion.trainer.source;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/** Fetches many small things several at a time: alone, each would be waited for as long. */
final class SideBySide {
  private static final int AT_A_TIME = 16;

  private SideBySide() {}

  /** What is done with each. */
  interface Work<T> {
    /**
     * Does it, on one of several threads.
     *
     * @param listener that ends the work when another thing has failed, too
     */
    void on(T thing, FetchListener listener) throws IOException;
  }

  /** Works on all, in their order as far as they begin; the first failure ends it. */
  static <T> void each(List<T> things, FetchListener listener, Work<T> work) throws IOException {
    var next = new AtomicInteger();
    var failure = new AtomicReference<@Nullable Throwable>();
    var together = together(listener, failure);
    Callable<Void> worker =
        () -> {
          try {
            for (int i = next.getAndIncrement(); i < things.size(); i = next.getAndIncrement()) {
              together.mayGoOn();
              work.on(things.get(i), together);
            }
          } catch (Throwable e) {
            failure.compareAndSet(null, e);
          }
          return null;
        };
    int count = Math.min(AT_A_TIME, things.size());
    ExecutorService threads = Executors.newFixedThreadPool(count, SideBySide::thread);
    try {
      var unused = threads.invokeAll(Collections.nCopies(count, worker));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw TrainingFailure.temporaryIo("the fetch was interrupted", e);
    } finally {
      threads.shutdownNow();
    }
    rethrow(failure.get());
  }

  private static Thread thread(Runnable work) {
    var thread = new Thread(work, "fetch");
    thread.setDaemon(true);
    return thread;
  }

  private static FetchListener together(
      FetchListener listener, AtomicReference<@Nullable Throwable> failure) {
    return new FetchListener() {
      @Override
      public void moved(String activity) {
        listener.moved(activity);
      }

      @Override
      public void mayGoOn() {
        listener.mayGoOn();
        if (failure.get() != null) {
          throw TrainingFailure.temporaryIo(
              "another file could not be fetched", new IOException("given up"));
        }
      }
    };
  }

  private static void rethrow(@Nullable Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }
}
