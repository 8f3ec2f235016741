package training.fusion.trainer.module;

import java.util.ArrayList;
import java.util.List;
import training.fusion.trainer.weights.TensorView;

/** A parameter or buffer of a TorchScript file, under one name or several. */
final class ScriptedTensor {
  /**
   * Where it is an attribute.
   *
   * @param module names of the modules around it, outer ones first
   * @param attribute its name in the innermost
   */
  record Place(List<String> module, String attribute) {
    String name() {
      return module.isEmpty() ? attribute : String.join(".", module) + "." + attribute;
    }
  }

  private final TensorView view;
  private final List<Place> places = new ArrayList<>();

  ScriptedTensor(TensorView view) {
    this.view = view;
  }

  TensorView view() {
    return view;
  }

  List<Place> places() {
    return places;
  }

  /** Its first name, as {@code named_parameters()} gives it. */
  String name() {
    return places.get(0).name();
  }

  long size() {
    return view.shape().stream().reduce(1L, (a, b) -> a * b);
  }
}
