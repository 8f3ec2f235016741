package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;

/** The images of a micro-batch. */
record SomeImages(NDArray images, NDArray labels, InputDraws draws) implements AutoCloseable {
  static SomeImages of(NDArray images, NDArray labels, InputDraws draws, int from, int count) {
    var range = new NDIndex("{}:{}", from, from + count);
    NDArray erased = draws.erased();
    return new SomeImages(
        images.get(range),
        labels.get(range),
        new InputDraws(erased == null ? null : erased.get(range), draws.mixed()));
  }

  @Override
  public void close() {
    images.close();
    labels.close();
    NDArray erased = draws.erased();
    if (erased != null) {
      erased.close();
    }
  }
}
