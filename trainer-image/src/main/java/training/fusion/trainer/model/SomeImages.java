package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import java.util.stream.Collectors;

/** The images of a micro-batch, or whatever a network's inputs are. */
record SomeImages(NDList images, NDArray labels, InputDraws draws) implements AutoCloseable {
  static SomeImages of(NDList images, NDArray labels, InputDraws draws, int from, int count) {
    var range = new NDIndex("{}:{}", from, from + count);
    NDArray erased = draws.erased();
    return new SomeImages(
        images.stream()
            .map(input -> input.get(range))
            .collect(Collectors.toCollection(NDList::new)),
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
