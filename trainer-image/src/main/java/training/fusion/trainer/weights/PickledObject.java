package training.fusion.trainer.weights;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a pickle would have made by a call of Python that weights do not need: its name, and what
 * was put into it. Nothing was run. Two are equal only if they are the same, so one may be a key.
 */
public final class PickledObject {
  private final String name;
  private final Map<Object, Object> entries = new LinkedHashMap<>();
  private final Map<Object, Object> attributes = new LinkedHashMap<>();

  /**
   * @param name of the class or function, with its module, as {@code argparse.Namespace}
   */
  PickledObject(String name) {
    this.name = name;
  }

  /** Of the class or function, with its module. */
  public String name() {
    return name;
  }

  /** What was put into it by key, as into a subclass of dict. */
  Map<Object, Object> entries() {
    return entries;
  }

  /** What its {@code __dict__} would be. */
  public Map<Object, Object> attributes() {
    return attributes;
  }
}
