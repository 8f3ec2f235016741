package training.fusion.trainer.weights;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A module's tensors by name, in what people save: alone, or as one entry of a checkpoint. */
final class StateDict {
  /** Names under which training scripts keep the weights: torchvision's, timm's, Lightning's. */
  private static final List<String> WRAPPERS = List.of("state_dict", "model_state_dict", "model");

  /** What DataParallel and torch.compile put before every name. */
  private static final List<String> PREFIXES = List.of("module.", "_orig_mod.");

  /** Gives the bytes of the storage that a view is of. */
  @FunctionalInterface
  interface Storages {
    ByteBuffer read(TensorView view) throws UnreadableWeights;
  }

  private StateDict() {}

  /** The tensors in an unpickled object, without wrapper and common prefixes. */
  static Map<String, TensorView> views(Object object) throws UnreadableWeights {
    if (!(object instanceof Map<?, ?> top)) {
      throw new UnreadableWeights("it holds no dictionary of tensors");
    }
    Map<?, ?> dictionary = top;
    for (String wrapper : WRAPPERS) {
      if (top.get(wrapper) instanceof Map<?, ?> inner) {
        dictionary = inner;
        break;
      }
    }
    Map<String, TensorView> views = new LinkedHashMap<>();
    for (var entry : dictionary.entrySet()) {
      if (!(entry.getValue() instanceof TensorView view)) {
        throw new UnreadableWeights(
            "its entry %s is no tensor; save the weights alone, with torch.save(model.state_dict(), file)"
                .formatted(entry.getKey()));
      }
      views.put(String.valueOf(entry.getKey()), view);
    }
    for (String prefix : PREFIXES) {
      views = without(prefix, views);
    }
    return views;
  }

  private static Map<String, TensorView> without(String prefix, Map<String, TensorView> views) {
    if (!views.keySet().stream().allMatch(name -> name.startsWith(prefix))) {
      return views;
    }
    Map<String, TensorView> shorter = new LinkedHashMap<>();
    views.forEach((name, view) -> shorter.put(name.substring(prefix.length()), view));
    return shorter;
  }

  /** The tensors with the storages that their values are in. */
  static Map<String, StoredTensor> stored(Map<String, TensorView> views, Storages storages) {
    Map<String, StoredTensor> tensors = new LinkedHashMap<>();
    views.forEach(
        (name, view) -> tensors.put(name, new StoredTensor(view, () -> storages.read(view))));
    return tensors;
  }
}
