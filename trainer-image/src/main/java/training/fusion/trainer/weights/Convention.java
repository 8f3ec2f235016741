package training.fusion.trainer.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Pretrained;
import training.fusion.trainer.model.Variant;

/**
 * Whose names, padding, epsilons and preprocessing weights follow. A file tells the names only: the
 * same tensors under another epsilon load without a word, and give other logits.
 *
 * @param name as in model.pretrained.variant; never Auto
 * @param variant padding and epsilon
 * @param mean of red, green and blue, of values in 0..1, that the weights were trained with
 * @param std as mean
 * @param interpolation how position embeddings are brought to another number of patches
 * @param names from torchvision's names to the file's
 * @param spellings other spellings in files, to those that {@code names} gives
 * @param ignored of the file's names, those that this network has no use for
 */
public record Convention(
    Architecture architecture,
    Pretrained.Variant name,
    Variant variant,
    List<Double> mean,
    List<Double> std,
    PositionEmbedding.Interpolation interpolation,
    List<Renaming> names,
    List<Renaming> spellings,
    Pattern ignored) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * The convention of this name.
   *
   * @param name Torchvision where weights come from nowhere
   * @throws IllegalArgumentException if the architecture's weights do not come in this variant
   */
  public static Convention of(Architecture architecture, Pretrained.Variant name) {
    List<Convention> known = Conventions.of(architecture);
    return known.stream()
        .filter(convention -> convention.name == name)
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "model.pretrained.variant: weights of %s come as %s, not as %s"
                        .formatted(
                            architecture,
                            String.join(", ", known.stream().map(c -> c.name.toString()).toList()),
                            name)));
  }

  /**
   * The convention of a model that was trained here: torchvision's names, whatever it began with.
   *
   * @param metadata of the model's file
   * @return null if the file is none of ours
   */
  static @Nullable Convention ofModel(Architecture architecture, Map<String, String> metadata) {
    String variant = metadata.get("variant");
    if (variant == null || !architecture.toString().equals(metadata.get("architecture"))) {
      return null;
    }
    try {
      JsonNode preprocessing = JSON.readTree(metadata.getOrDefault("preprocessing", "{}"));
      Convention like = of(architecture, JSON.convertValue(variant, Pretrained.Variant.class));
      Convention names = of(architecture, Pretrained.Variant.TORCHVISION);
      return new Convention(
          architecture,
          like.name,
          like.variant,
          channels(preprocessing.path("mean"), like.mean),
          channels(preprocessing.path("std"), like.std),
          like.interpolation,
          names.names,
          names.spellings,
          names.ignored);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return null; // somebody else's words under the same names
    }
  }

  private static List<Double> channels(JsonNode numbers, List<Double> otherwise) {
    List<Double> values = new ArrayList<>();
    numbers.forEach(number -> values.add(number.asDouble()));
    return values.size() == 3 ? List.copyOf(values) : otherwise;
  }

  /** In words, for people who wonder what was chosen. */
  String describe() {
    return "%s's weights of %s: %s padding, epsilon %s, mean %s, std %s"
        .formatted(
            name,
            architecture,
            variant.padding() == Variant.Padding.SYMMETRIC ? "symmetric" : "TensorFlow's SAME",
            variant.epsilon(),
            mean,
            std);
  }
}
