package training.fusion.trainer.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What publishers lay beside a file of weights: timm's {@code config.json} with the network's name
 * and {@code pretrained_cfg}; transformers' {@code config.json} with {@code model_type}, and {@code
 * preprocessor_config.json} (or {@code processor_config.json}) with how pictures become inputs.
 *
 * @param model the network's name or type; null if none is said
 * @param epsilon of layer norms, as transformers has it; null if it is not said
 * @param normalization null if it is not said
 * @param from the file that says the normalization
 */
record PublishedConfiguration(
    @Nullable String model,
    @Nullable Double epsilon,
    @Nullable ChannelNormalization normalization,
    @Nullable Path from) {
  static final List<String> FILES =
      List.of("config.json", "preprocessor_config.json", "processor_config.json");

  private static final long LARGEST = 16L << 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Reads what lies in the file's folder; what is not there, or damaged, says nothing. */
  static PublishedConfiguration beside(Path weights) {
    Path folder = weights.toAbsolutePath().getParent();
    var said = new PublishedConfiguration(null, null, null, null);
    if (folder == null) {
      return said;
    }
    for (String name : FILES) {
      Path file = folder.resolve(name);
      JsonNode json = read(file);
      if (json != null) {
        said = said.and(json, file);
      }
    }
    return said;
  }

  private static @Nullable JsonNode read(Path file) {
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
        return null;
      }
      JsonNode json = JSON.readTree(file.toFile());
      return json.isObject() ? json : null;
    } catch (JsonProcessingException e) {
      return null; // somebody else's file of that name
    } catch (IOException e) {
      return null; // as if it were not there: where it matters, what is missing is told
    }
  }

  private PublishedConfiguration and(JsonNode json, Path file) {
    JsonNode timm = json.path("pretrained_cfg").isObject() ? json.path("pretrained_cfg") : json;
    JsonNode processor =
        json.path("image_processor").isObject() ? json.path("image_processor") : json;
    ChannelNormalization told = normalization(timm.path("mean"), timm.path("std"), 1);
    if (told == null) {
      told = ofProcessor(processor);
    }
    String name = json.path("architecture").asText(json.path("model_type").asText(null));
    double layerNorm = json.path("layer_norm_eps").asDouble(0);
    boolean isNew = normalization == null && told != null;
    return new PublishedConfiguration(
        model == null ? name : model,
        layerNorm > 0 ? Double.valueOf(layerNorm) : epsilon,
        isNew ? told : normalization,
        isNew ? file : from);
  }

  /** {@code (value · 255 · rescale_factor − mean) / std}, each step if it is done. */
  private static @Nullable ChannelNormalization ofProcessor(JsonNode json) {
    if (!json.path("do_normalize").asBoolean(true)) {
      return new ChannelNormalization(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));
    }
    double scale =
        json.path("do_rescale").asBoolean(true)
            ? 255 * json.path("rescale_factor").asDouble(1 / 255.0)
            : 255;
    return normalization(json.path("image_mean"), json.path("image_std"), scale);
  }

  private static @Nullable ChannelNormalization normalization(
      JsonNode mean, JsonNode std, double scale) {
    try {
      return mean.isArray() && std.isArray()
          ? new ChannelNormalization(numbers(mean, scale), numbers(std, scale))
          : null;
    } catch (IllegalArgumentException e) {
      return null; // of another number of channels
    }
  }

  private static List<Double> numbers(JsonNode array, double scale) {
    List<Double> numbers = new ArrayList<>();
    // exactly as written where pictures are scaled to 0..1, as nearly all are
    boolean plain = Math.abs(scale - 1) < 1e-9;
    array.forEach(
        number ->
            numbers.add(plain ? number.asDouble(Double.NaN) : number.asDouble(Double.NaN) / scale));
    return numbers;
  }

  /** Whether the files name a network with this convention's names. */
  boolean names(Convention convention) {
    return model != null && convention.models().matcher(model).matches();
  }

  /** A convention as the files say it; as it was, if they are about another network. */
  Convention applied(Convention convention) {
    if (model != null && !names(convention)) {
      return convention;
    }
    return convention.with(epsilon, normalization);
  }
}
