package training.fusion.trainer.train;

import training.fusion.trainer.batch.BatchReader;
import training.fusion.trainer.checkpoint.RunState;

/** Times steps, and what of their time went into waiting for images. */
final class Stopwatch {
  private final BatchReader images;
  private long since = System.nanoTime();
  private double waitedBefore;

  Stopwatch(BatchReader images) {
    this.images = images;
  }

  /** Begins a step. */
  void start() {
    since = System.nanoTime();
    waitedBefore = images.secondsWaited();
  }

  /** Ends a step and begins the next. */
  RunState.Lap lap() {
    var lap =
        new RunState.Lap((System.nanoTime() - since) / 1e9, images.secondsWaited() - waitedBefore);
    start();
    return lap;
  }
}
