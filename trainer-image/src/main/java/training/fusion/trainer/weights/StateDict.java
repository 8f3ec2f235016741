package training.fusion.trainer.weights;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One dictionary of a file that has tensors.
 *
 * @param entry where it is in the file, as {@code state_dict}; empty: it is the whole file
 * @param tensors by name, in the file's order
 * @param others what else it has beside them, by name: what each is, for people
 */
record StateDict(String entry, Map<String, StoredTensor> tensors, Map<String, String> others) {

  /** Gives the bytes of the storage that a view is of. */
  @FunctionalInterface
  interface Storages {
    ByteBuffer read(TensorView view) throws UnreadableWeights;
  }

  /** The entry, for people. */
  String tell() {
    return entry.isEmpty() ? "the file's top level" : "entry " + entry;
  }

  /** The dictionary of views, with the storages that their values are in. */
  static StateDict of(
      String entry, Map<String, TensorView> views, Map<String, String> others, Storages storages) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    views.forEach(
        (name, view) -> tensors.put(name, new StoredTensor(view, () -> storages.read(view))));
    return new StateDict(entry, tensors, others);
  }
}
