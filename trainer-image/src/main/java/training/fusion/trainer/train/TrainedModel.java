package training.fusion.trainer.train;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset;
import training.fusion.api.Training.Precision;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.model.InputAugmentation;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.model.NetworkSettings.Pictures;
import training.fusion.trainer.model.architecture.Variant;
import training.fusion.trainer.report.ModelFile;
import training.fusion.trainer.safetensors.SafetensorsFile;

/**
 * A model that a run has left, as {@link ModelCard} describes it in the file's header.
 *
 * @param classes names, in the order of the logits
 * @param dataset what it was trained on; absent in those of older trainers
 */
public record TrainedModel(
    Path file,
    Architecture architecture,
    Variant variant,
    List<String> classes,
    @Nullable DatasetDigest dataset,
    Preprocessing preprocessing) {
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
      List<Double> std) {
    /** As the custom resource has it, and a picture's memory bears. */
    private static final int LARGEST = 512;

    public Preprocessing {
      mean = List.copyOf(mean);
      std = List.copyOf(std);
      Objects.requireNonNull(resize, "resize");
      Objects.requireNonNull(interpolation, "interpolation");
      if (imageSize < 1 || imageSize > LARGEST) {
        throw new IllegalArgumentException(
            "imageSize %d is not between 1 and %d".formatted(imageSize, LARGEST));
      }
      if (mean.size() != 3
          || std.size() != 3
          || !mean.stream().allMatch(Double::isFinite)
          || !std.stream().allMatch(value -> value > 0 && value < Double.MAX_VALUE)) {
        throw new IllegalArgumentException("mean and std are not three numbers each");
      }
    }
  }

  public TrainedModel {
    classes = List.copyOf(classes);
    if (classes.size() < 2) {
      throw new IllegalArgumentException("it has fewer than two classes");
    }
    Objects.requireNonNull(architecture, "architecture");
    Objects.requireNonNull(variant.padding(), "padding");
    Objects.requireNonNull(preprocessing, "preprocessing");
  }

  /**
   * Finds a model and reads its header.
   *
   * @param runOrModel a run's folder, or a model's file
   * @throws TrainingFailure if there is none, or it is not one of ours
   */
  public static TrainedModel find(Path runOrModel) {
    boolean folder = Files.isDirectory(runOrModel);
    Path file = folder ? runOrModel.resolve(ModelFile.NAME) : runOrModel;
    try {
      PlainFile.check(file);
    } catch (NoSuchFileException e) {
      throw missing(runOrModel, folder);
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      return read(file, opened.metadata());
    } catch (NoSuchFileException e) {
      throw missing(runOrModel, folder);
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw TrainingFailure.badConfiguration(
          "%s is no model that a run has left: its header does not describe one".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.badConfiguration(String.valueOf(e.getMessage()));
    }
  }

  private static TrainingFailure missing(Path runOrModel, boolean folder) {
    return TrainingFailure.badConfiguration(
        folder
            ? "%s has no %s: its training is not finished; ./fusion resume goes on with it"
                .formatted(runOrModel, ModelFile.NAME)
            : "%s: no such file or folder".formatted(runOrModel));
  }

  private static TrainedModel read(Path file, Map<String, String> header)
      throws JsonProcessingException {
    Map<String, Double> epsilons =
        JSON.readValue(header.getOrDefault("epsilons", "{}"), new TypeReference<>() {});
    if (epsilons.isEmpty()) {
      throw new IllegalArgumentException("no epsilons");
    }
    return new TrainedModel(
        file,
        JSON.convertValue(header.get("architecture"), Architecture.class),
        new Variant(
            epsilons.values().iterator().next(),
            JSON.readValue(header.getOrDefault("padding", ""), Variant.Padding.class)),
        JSON.readValue(header.getOrDefault("classes", ""), new TypeReference<>() {}),
        header.containsKey("dataset")
            ? JSON.readValue(header.get("dataset"), DatasetDigest.class)
            : null,
        JSON.readValue(header.getOrDefault("preprocessing", ""), Preprocessing.class));
  }

  /** The network for pictures of this shape; of no use to train. */
  NetworkSettings network(Pictures pictures) {
    return new NetworkSettings(
        architecture,
        variant,
        classes.size(),
        preprocessing.imageSize(),
        0,
        0,
        pictures,
        preprocessing.resize(),
        preprocessing.interpolation(),
        InputAugmentation.NONE,
        preprocessing.mean(),
        preprocessing.std(),
        0,
        Precision.FP32,
        null);
  }

  /** Brings a network to the model's weights. */
  void load(Network network) {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      TensorFiles.read(opened, network.manager(), network::load);
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration(
          "%s is not the %s that its header says: %s"
              .formatted(file, architecture, e.getMessage()));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }
}
