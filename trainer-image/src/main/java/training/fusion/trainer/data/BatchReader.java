package training.fusion.trainer.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Passes over a part of the data, batch after batch. A thread of its own fills the next batches
 * while the present one is worked on. For one consumer thread, which also closes the batches.
 */
public final class BatchReader implements AutoCloseable {
  /** Two in the consumer's hands (a step and the one before it), two being filled. */
  private static final int BUFFERS = 4;

  private final Part part;
  private final BatchPlan plan;
  private final ExecutorService filler;
  private final Deque<Batch> free = new ArrayDeque<>();
  private final Deque<Future<Batch>> pending = new ArrayDeque<>();
  private int[] order = {};
  private int next;
  private long nanosecondsWaited;

  public BatchReader(Part part, BatchPlan plan) {
    this.part = part;
    this.plan = plan;
    filler = Executors.newSingleThreadExecutor(BatchReader::thread);
    int capacity = Math.min(plan.batchSize(), part.count());
    for (int i = 0; i < Math.min(BUFFERS, plan.batches() + 1); i++) {
      free.add(new Batch(capacity, part.source().imageBytes(), this::recycle));
    }
  }

  private static Thread thread(Runnable work) {
    var thread = new Thread(work, "batches");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Begins a pass. Every batch of the pass before must have been closed.
   *
   * @param order positions within the part, in the order in which they are wanted
   * @param firstBatch number of the first batch that {@link #next} gives, from 0
   */
  public void begin(int[] order, int firstBatch) {
    this.order = order;
    this.next = firstBatch;
    fillAhead();
  }

  /** The next batch, to be closed by the caller; null after the last one. */
  public @Nullable Batch next() throws InterruptedException {
    Future<Batch> future = pending.poll();
    if (future == null) {
      if (next < plan.batches()) {
        throw new IllegalStateException("all buffers are in the caller's hands; close a batch");
      }
      return null;
    }
    long start = System.nanoTime();
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a batch could not be read", e.getCause());
    } catch (CancellationException e) {
      throw new IllegalStateException("the reader was closed", e);
    } finally {
      nanosecondsWaited += System.nanoTime() - start;
    }
  }

  /** Time that {@link #next} had to wait since the reader was made. */
  public double secondsWaited() {
    return nanosecondsWaited / 1e9;
  }

  private void fillAhead() {
    while (next < plan.batches() && !free.isEmpty()) {
      Batch batch = free.remove();
      int[] positions = order;
      int from = next * plan.batchSize();
      int count = plan.sizeOf(next++);
      pending.add(filler.submit(() -> batch.fill(part, positions, from, count)));
    }
  }

  private void recycle(Batch batch) {
    free.add(batch);
    fillAhead();
  }

  @Override
  public void close() {
    filler.shutdownNow();
  }
}
