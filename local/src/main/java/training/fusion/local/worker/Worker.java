package training.fusion.local.worker;

import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.jspecify.annotations.Nullable;

/**
 * One thread that does one thing after the other, now, later or again and again. An error that it
 * meets is its end, as of any other thread: the JDK's executors keep an error to themselves, and
 * everybody would wait for what is done no more.
 */
public final class Worker extends ScheduledThreadPoolExecutor {
  /**
   * @param name of the thread
   */
  public Worker(String name) {
    super(1, task -> new Thread(task, name));
  }

  @Override
  protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
    super.afterExecute(task, thrown);
    if (task instanceof Future<?> future && future.isDone()) {
      try {
        future.get();
      } catch (CancellationException e) {
        // by whoever no longer wants it
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
      }
    }
  }
}
