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
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset;
import training.fusion.api.Training.Precision;
import training.fusion.api.run.AveragedWeights;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.model.InputAugmentation;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.model.architecture.Variant;
import training.fusion.trainer.module.ModuleDefinition;
import training.fusion.trainer.module.ModuleFile;
import training.fusion.trainer.report.ModelFile;
import training.fusion.trainer.report.ResultFile;
import training.fusion.trainer.safetensors.FileDigest;
import training.fusion.trainer.safetensors.SafetensorsFile;

/**
 * A model that a run has left, as {@link ModelCard} describes it in the file's header.
 *
 * @param classes names, in the order of the logits
 * @param dataset what it was trained on; absent in those of older trainers
 * @param tensors that it was trained on, in the order of its module's arguments, or none if it is
 *     not somebody's own; null: it was trained on pictures
 */
public record TrainedModel(
    Path file,
    NetworkKind kind,
    Variant variant,
    List<String> classes,
    @Nullable DatasetDigest dataset,
    Preprocessing preprocessing,
    @Nullable List<String> tensors) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** In the header of weights of somebody's own network: which program they are of. */
  private static final String MODULE = "module";

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
    Objects.requireNonNull(kind, "architecture");
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
    if (epsilons.isEmpty() && !header.containsKey(MODULE)) {
      throw new IllegalArgumentException("no epsilons");
    }
    return new TrainedModel(
        file,
        kind(file, header),
        new Variant(
            epsilons.isEmpty() ? 1 : epsilons.values().iterator().next(),
            JSON.readValue(header.getOrDefault("padding", ""), Variant.Padding.class)),
        JSON.readValue(header.getOrDefault("classes", ""), new TypeReference<>() {}),
        header.containsKey("dataset")
            ? JSON.readValue(header.get("dataset"), DatasetDigest.class)
            : null,
        JSON.readValue(header.getOrDefault("preprocessing", ""), Preprocessing.class),
        tensors(header));
  }

  private static @Nullable List<String> tensors(Map<String, String> header)
      throws JsonProcessingException {
    return header.containsKey("input")
        ? JSON.readValue(header.get("input"), new TypeReference<List<String>>() {})
        : null;
  }

  /** Whether it was trained on tensors, and not on pictures. */
  public boolean takesTensors() {
    return tensors != null;
  }

  private static NetworkKind kind(Path file, Map<String, String> header)
      throws JsonProcessingException {
    if (!header.containsKey(MODULE)) {
      return NetworkKind.of(
          Objects.requireNonNull(
              JSON.convertValue(header.get("architecture"), Architecture.class), "architecture"));
    }
    Path program = ModelFile.torchScript(file);
    if (!isVouchedFor(file)) {
      throw TrainingFailure.badConfiguration(
          "%s has a program of somebody's own beside it, and no %s here says that a run has left it with these weights: programs are run from finished runs' folders alone"
              .formatted(file, ResultFile.FILE));
    }
    ModuleFile module = ModuleFile.open(program);
    if (!module.program().equals(JSON.readValue(header.get(MODULE), String.class))) {
      throw TrainingFailure.badConfiguration(
          "%s is not the program that was trained: %s names another one; it is not run"
              .formatted(program, file));
    }
    List<String> tensors = tensors(header);
    return ModuleDefinition.evaluated(module, tensors, tensors);
  }

  /** Whether the result in a run's folder has the digest of these weights. */
  private static boolean isVouchedFor(Path file) {
    Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
    RunResult result = ResultFile.read(folder).orElse(null);
    if (result == null) {
      return false;
    }
    try {
      String digest = FileDigest.of(file).sha256();
      AveragedWeights average = result.ema();
      return Stream.of(result.model(), average == null ? null : average.model())
          .anyMatch(saved -> saved != null && saved.sha256().equals(digest));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  /** The network for these samples; of no use to train. */
  NetworkSettings network(NetworkInput input) {
    NetworkKind given =
        input.tensors() != null && kind.definition() instanceof ModuleDefinition module
            ? ModuleDefinition.evaluated(module.file(), tensors, input.tensors())
            : kind;
    return new NetworkSettings(
        given,
        variant,
        classes.size(),
        preprocessing.imageSize(),
        0,
        0,
        input.pictures(),
        preprocessing.resize(),
        preprocessing.interpolation(),
        InputAugmentation.NONE,
        preprocessing.mean(),
        preprocessing.std(),
        0,
        Precision.FP32,
        null,
        input.tensors());
  }

  /** Brings a network to the model's weights. */
  void load(Network network) {
    try (SafetensorsFile opened = SafetensorsFile.open(file)) {
      TensorFiles.read(opened, network.manager(), network::load);
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration(
          "%s is not the %s that its header says: %s".formatted(file, kind, e.getMessage()));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }
}
