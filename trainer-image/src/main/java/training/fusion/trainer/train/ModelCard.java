package training.fusion.trainer.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.module.ModuleDefinition;
import training.fusion.trainer.weights.Convention;

/** What the weights alone do not say: how an image becomes an input, and a logit a class. */
final class ModelCard {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ModelCard() {}

  /** Strings for the header of the model's file, each but architecture and variant a JSON value. */
  static SortedMap<String, String> metadata(
      Network network, DatasetDigest dataset, Convention convention) {
    NetworkSettings settings = network.settings();
    Map<String, Object> preprocessing = new LinkedHashMap<>();
    preprocessing.put("imageSize", settings.imageSize());
    preprocessing.put("resize", settings.resize());
    preprocessing.put("interpolation", settings.interpolation());
    preprocessing.put("mean", settings.mean());
    preprocessing.put("std", settings.std());
    var metadata = new TreeMap<String, String>();
    metadata.put("architecture", settings.kind().label());
    if (settings.kind().definition() instanceof ModuleDefinition module) {
      metadata.put("module", json(module.file().program()));
    }
    metadata.put("classes", json(dataset.classes()));
    metadata.put("dataset", json(dataset));
    metadata.put("epsilons", json(network.table().epsilons(settings.variant())));
    if (settings.pictures().ready()) {
      metadata.put("input", json(forward(settings)));
    }
    metadata.put("padding", json(settings.variant().padding()));
    metadata.put("preprocessing", json(preprocessing));
    metadata.put("variant", convention.name().toString());
    return metadata;
  }

  /**
   * Names of the tensors that a module's forward is given, in its order; of other networks none.
   */
  private static List<String> forward(NetworkSettings settings) {
    return settings.kind().definition() instanceof ModuleDefinition module
        ? module.tensors()
        : List.of();
  }

  /** The same as one JSON object. */
  static String json(Network network, DatasetDigest dataset, Convention convention) {
    Map<String, Object> card = new LinkedHashMap<>();
    metadata(network, dataset, convention)
        .forEach(
            (name, value) ->
                card.put(
                    name,
                    List.of("architecture", "variant").contains(name)
                        ? value
                        : new RawValue(value)));
    return json(card);
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
