package training.fusion.trainer.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.model.Variant;

/**
 * What the weights alone do not say: how an image becomes an input, and a logit a class. It lies in
 * the header of the model's file, each value but the first as JSON.
 *
 * @param classes names, in the order of the logits
 */
public record ModelCard(
    Architecture architecture, Variant variant, List<String> classes, Preprocessing preprocessing) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * How a picture becomes an input.
   *
   * @param imageSize width and height, in pixels
   * @param mean of red, green and blue, of values in 0..1
   * @param std likewise
   */
  public record Preprocessing(
      int imageSize,
      Dataset.Resize.Mode resize,
      Dataset.Resize.Interpolation interpolation,
      List<Double> mean,
      List<Double> std) {}

  /** Names of the classes; IDX files have none, so they are the labels. */
  static List<String> classNames(int classes) {
    return IntStream.range(0, classes).mapToObj(String::valueOf).toList();
  }

  static ModelCard of(Network network) {
    NetworkSettings settings = network.settings();
    return new ModelCard(
        settings.architecture(),
        settings.variant(),
        classNames(settings.classes()),
        new Preprocessing(
            settings.imageSize(),
            settings.resize(),
            Dataset.Resize.Interpolation.BILINEAR,
            settings.mean(),
            settings.std()));
  }

  /** Strings for the header of the model's file. */
  SortedMap<String, String> metadata() {
    var metadata = new TreeMap<String, String>();
    metadata.put("architecture", architecture.toString());
    metadata.put("classes", json(classes));
    metadata.put(
        "epsilons", json(ArchitectureTable.of(architecture, classes.size()).epsilons(variant)));
    metadata.put("preprocessing", json(preprocessing));
    metadata.put("variant", json(variant));
    return metadata;
  }

  /**
   * The card in a file's header.
   *
   * @throws TrainingFailure if the file is no model of ours
   */
  static ModelCard read(Path file, Map<String, String> metadata) {
    try {
      String name = metadata.getOrDefault("architecture", "");
      Architecture architecture =
          Arrays.stream(Architecture.values())
              .filter(known -> known.toString().equals(name))
              .findFirst()
              .orElseThrow(() -> noModel(file, "it does not say its architecture"));
      return new ModelCard(
          architecture,
          metadata.containsKey("variant")
              ? JSON.readValue(metadata.get("variant"), Variant.class)
              : ArchitectureTable.defaultVariant(architecture),
          JSON.readValue(metadata.getOrDefault("classes", ""), new TypeReference<>() {}),
          JSON.readValue(metadata.getOrDefault("preprocessing", ""), Preprocessing.class));
    } catch (JsonProcessingException e) {
      throw noModel(file, "its classes or preprocessing are missing");
    }
  }

  private static TrainingFailure noModel(Path file, String why) {
    return TrainingFailure.badConfiguration(
        "%s is no model that a run has left: %s".formatted(file, why));
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
