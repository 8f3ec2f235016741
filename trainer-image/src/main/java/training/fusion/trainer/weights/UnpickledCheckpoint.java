package training.fusion.trainer.weights;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What {@code torch.save} was given: a module's tensors by name, alone or deep within what a
 * training script keeps beside them; or the module itself.
 */
final class UnpickledCheckpoint {
  /** Deeper than scripts keep weights. */
  private static final int DEEPEST = 4;

  /** Deeper than modules are nested, and more than a network has. */
  private static final int DEEPEST_MODULE = 32;

  private static final int MOST_MODULES = 10_000;

  private final StateDict.Storages storages;
  private final List<StateDict> found = new ArrayList<>();
  private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private int modules;

  private UnpickledCheckpoint(StateDict.Storages storages) {
    this.storages = storages;
  }

  /**
   * All its dictionaries of tensors, those of optimizers included, outer ones first.
   *
   * @throws UnreadableWeights if there is none
   */
  static List<StateDict> stateDicts(Object object, StateDict.Storages storages)
      throws UnreadableWeights {
    var checkpoint = new UnpickledCheckpoint(storages);
    checkpoint.search("", object, 0);
    if (checkpoint.found.isEmpty()) {
      throw new UnreadableWeights(
          "it holds no tensors by name, but %s; save the weights alone, with torch.save(model.state_dict(), file)"
              .formatted(object instanceof Map<?, ?> map ? tell(map) : kind(object)));
    }
    return checkpoint.found;
  }

  /** The network's name, as timm's train.py writes it beside the weights; else nothing. */
  static Map<String, String> metadata(Object object) {
    return object instanceof Map<?, ?> map && map.get("arch") instanceof String name
        ? Map.of("arch", name)
        : Map.of();
  }

  private void search(String entry, Object object, int depth) throws UnreadableWeights {
    Map<?, ?> dictionary = dictionary(object);
    if (dictionary == null || depth > DEEPEST || !seen.add(object)) {
      return;
    }
    Map<String, TensorView> views = new LinkedHashMap<>();
    Map<String, String> others = new LinkedHashMap<>();
    for (var item : dictionary.entrySet()) {
      String name = name(item.getKey());
      if (item.getValue() instanceof TensorView view) {
        views.put(name, view);
      } else {
        others.put(name, kind(item.getValue()));
      }
    }
    if (!views.isEmpty()) {
      found.add(StateDict.of(entry, views, others, storages));
    }
    for (var item : dictionary.entrySet()) {
      String name = name(item.getKey());
      search(entry.isEmpty() ? name : entry + "." + name, item.getValue(), depth + 1);
    }
  }

  /** What has names in it; null if it is something else. */
  private @Nullable Map<?, ?> dictionary(Object object) throws UnreadableWeights {
    if (object instanceof Map<?, ?> map) {
      return map;
    }
    if (object instanceof PickledObject made) {
      if (isModule(made)) {
        Map<Object, Object> tensors = new LinkedHashMap<>();
        collect(made, "", tensors, 0);
        return tensors;
      }
      return made.entries();
    }
    return null;
  }

  private static boolean isModule(PickledObject made) {
    return made.attributes().get("_parameters") instanceof Map
        && made.attributes().get("_modules") instanceof Map;
  }

  /** A module's tensors, as its {@code state_dict()} names them. */
  private void collect(PickledObject module, String prefix, Map<Object, Object> to, int depth)
      throws UnreadableWeights {
    if (depth > DEEPEST_MODULE || ++modules > MOST_MODULES) {
      throw new UnreadableWeights("its modules are nested without end");
    }
    for (String kind : List.of("_parameters", "_buffers")) {
      if (module.attributes().get(kind) instanceof Map<?, ?> tensors) {
        tensors.forEach(
            (name, tensor) -> {
              if (tensor != Pickle.NONE) {
                to.put(prefix + name, tensor);
              }
            });
      }
    }
    if (module.attributes().get("_modules") instanceof Map<?, ?> children) {
      for (var child : children.entrySet()) {
        if (child.getValue() instanceof PickledObject inner && isModule(inner)) {
          collect(inner, prefix + child.getKey() + ".", to, depth + 1);
        }
      }
    }
  }

  private static String name(Object key) {
    return key instanceof PickledObject ? "?" : String.valueOf(key);
  }

  /** What a value is, for people. */
  private static String kind(Object value) {
    if (value instanceof PickledObject made) {
      return "%s, which was not run".formatted(made.name());
    }
    if (value instanceof PickledTensors.Global global) {
      return "%s, which was not run".formatted(global.name());
    }
    if (value instanceof TensorView) {
      return "a tensor";
    }
    if (value instanceof Map) {
      return "a dictionary";
    }
    if (value instanceof List) {
      return "a list";
    }
    return value instanceof String ? "a text" : value == Pickle.NONE ? "None" : "a number";
  }

  private static String tell(Map<?, ?> map) {
    return map.isEmpty()
        ? "an empty dictionary"
        : Fit.listed(
            List.copyOf(map.entrySet()),
            item -> "%s (%s)".formatted(name(item.getKey()), kind(item.getValue())));
  }
}
