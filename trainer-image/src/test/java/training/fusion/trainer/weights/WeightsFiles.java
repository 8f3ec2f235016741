package training.fusion.trainer.weights;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import training.fusion.trainer.TrainingFailure;

/** Small files of weights for tests, made by oracle/weights.py. */
public final class WeightsFiles {
  private WeightsFiles() {}

  /** One of them. */
  public static Path fixture(String name) throws URISyntaxException {
    return Path.of(requireNonNull(WeightsFiles.class.getResource("/weights/" + name)).toURI());
  }

  /** The tensors of a file's outermost dictionary. */
  static Map<String, StoredTensor> tensors(Path file) {
    return WeightsFile.open(file).stateDicts().get(0).tensors();
  }

  /**
   * All that a file's outermost dictionary holds.
   *
   * @throws TrainingFailure naming the file, if it is refused
   */
  public static Map<String, List<Float>> values(Path file) throws IOException {
    Map<String, List<Float>> values = new LinkedHashMap<>();
    for (var tensor : tensors(file).entrySet()) {
      try {
        values.put(tensor.getKey(), list(tensor.getValue().floats()));
      } catch (UnreadableWeights e) { // a storage is looked at when it is needed
        throw WeightsFile.unreadable(file, e);
      }
    }
    return values;
  }

  private static List<Float> list(float[] array) {
    var list = new ArrayList<Float>(array.length);
    for (float value : array) {
      list.add(value);
    }
    return list;
  }
}
