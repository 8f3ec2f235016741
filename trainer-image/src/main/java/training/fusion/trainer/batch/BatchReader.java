package training.fusion.trainer.batch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.augmentation.PictureTransforms;
import training.fusion.trainer.augmentation.RandomErasing;
import training.fusion.trainer.data.Part;

/**
 * Passes over a part of the data, batch after batch. Threads of its own fill the next batches while
 * the present one is worked on: one where images lie ready, one per processor where they are
 * decoded or changed. For one consumer thread, which also closes the batches.
 */
public final class BatchReader implements AutoCloseable {
  /** Two in the consumer's hands (a step and the one before it), two being filled. */
  private static final int BUFFERS = 4;

  private final PartImages images;
  private final BatchPlan plan;
  private final int threads;
  private final ExecutorService fillers;
  private final Deque<Batch> free = new ArrayDeque<>();
  private final Deque<Filling> pending = new ArrayDeque<>();
  private int[] order = {};
  private int next;
  private long draws;
  private long nanosecondsWaited;

  /** A batch, and the pieces of work that fill it. */
  private record Filling(Batch batch, List<Future<?>> pieces) {}

  /** Batches of the images as they are. */
  public BatchReader(Part part, BatchPlan plan) {
    this(part, plan, null, null);
  }

  /**
   * Batches of images that are changed at random.
   *
   * @param transforms null: images as they are
   * @param erasing which boxes of them are erased; null: none
   */
  public BatchReader(
      Part part,
      BatchPlan plan,
      @Nullable PictureTransforms transforms,
      @Nullable RandomErasing erasing) {
    this.images = new PartImages(part, transforms, erasing);
    this.plan = plan;
    threads = images.decodes() ? Runtime.getRuntime().availableProcessors() : 1;
    fillers = Executors.newFixedThreadPool(threads, BatchReader::thread);
    int capacity = Math.min(plan.batchSize(), part.count());
    for (int i = 0; i < Math.min(BUFFERS, plan.batches() + 1); i++) {
      free.add(new Batch(capacity, images, this::recycle));
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
    begin(order, firstBatch, 0);
  }

  /**
   * As {@link #begin(int[], int)}, for images that are changed at random.
   *
   * @param draws a number of the pass's own; with the same one every image is changed the same
   */
  public void begin(int[] order, int firstBatch, long draws) {
    this.order = order;
    this.next = firstBatch;
    this.draws = draws;
    fillAhead();
  }

  /** The next batch, to be closed by the caller; null after the last one. */
  public @Nullable Batch next() throws InterruptedException {
    Filling filling = pending.poll();
    if (filling == null) {
      if (next < plan.batches()) {
        throw new IllegalStateException("all buffers are in the caller's hands; close a batch");
      }
      return null;
    }
    long start = System.nanoTime();
    try {
      for (Future<?> piece : filling.pieces) {
        piece.get();
      }
      return filling.batch;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TrainingFailure failure) {
        throw failure;
      }
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
      pending.add(fill(free.remove(), next * plan.batchSize(), plan.sizeOf(next++)));
    }
  }

  private Filling fill(Batch batch, int from, int count) {
    int[] positions = order;
    long pass = draws;
    batch.begin(count);
    List<Future<?>> pieces = new ArrayList<>();
    int length = threads == 1 ? count : 1; // pictures differ in size; a thread takes the next one
    for (int first = 0; first < count; first += length) {
      int begin = first;
      pieces.add(
          fillers.submit(
              () -> {
                for (int i = begin; i < begin + length; i++) {
                  batch.put(i, positions[from + i], pass);
                }
              }));
    }
    return new Filling(batch, pieces);
  }

  private void recycle(Batch batch) {
    free.add(batch);
    fillAhead();
  }

  @Override
  public void close() {
    fillers.shutdownNow();
  }
}
