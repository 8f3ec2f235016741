package training.fusion.trainer.model;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Copies saved tensors over live ones, all or none. */
public final class StateCopy {
  private StateCopy() {}

  /**
   * Copies in place.
   *
   * @param program a compiled program with a method {@code copy(to, source)}
   * @throws IllegalArgumentException naming what is missing, extra or of another shape
   */
  public static void into(
      Map<String, NDArray> live, Map<String, NDArray> saved, PtSymbolBlock program) {
    List<String> problems = new ArrayList<>();
    List<NDArray> to = new ArrayList<>();
    List<NDArray> source = new ArrayList<>();
    live.forEach(
        (name, array) -> {
          NDArray value = saved.get(name);
          if (value == null) {
            problems.add(name + " is missing");
          } else if (!value.getShape().equals(array.getShape())
              || value.getDataType() != array.getDataType()) {
            problems.add(
                "%s is %s %s, expected %s %s"
                    .formatted(
                        name,
                        value.getDataType(),
                        value.getShape(),
                        array.getDataType(),
                        array.getShape()));
          } else {
            to.add(array);
            source.add(value);
          }
        });
    saved.keySet().stream()
        .filter(name -> !live.containsKey(name))
        .forEach(name -> problems.add(name + " is not expected"));
    if (!problems.isEmpty()) {
      throw new IllegalArgumentException(
          "these tensors do not fit: " + String.join("; ", problems));
    }
    copy(Network.toArray(to), Network.toArray(source), program);
  }

  /** Copies values in place, one by one, whatever their types and memory formats. */
  public static void copy(PtNDArray[] to, PtNDArray[] source, PtSymbolBlock program) {
    if (to.length == 0) {
      return; // SGD without momentum keeps no state, and libtorch takes no empty lists
    }
    try (IValue a = IValue.listFrom(to);
        IValue b = IValue.listFrom(source);
        IValue none = IValueUtils.runMethod(program, "copy", a, b)) {
      assert none != null;
    }
  }
}
