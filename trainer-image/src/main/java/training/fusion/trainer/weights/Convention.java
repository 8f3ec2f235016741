package training.fusion.trainer.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.ArchitectureFamily;
import training.fusion.api.Model;
import training.fusion.api.Pretrained;
import training.fusion.trainer.model.architecture.Variant;

/**
 * Whose names, padding, epsilons and preprocessing weights follow. A file tells the names only: the
 * same tensors under another epsilon load without a word, and give other logits.
 *
 * @param architecture null: somebody's own network, which brings its names with it
 * @param name as in model.pretrained.variant; never Auto
 * @param variant padding and epsilon
 * @param normalization what the weights were trained with
 * @param normalizationFrom how that is known
 * @param interpolation how position embeddings are brought to another number of patches
 * @param names from torchvision's names to the file's
 * @param spellings other spellings in files, to those that {@code names} gives
 * @param ignored of the file's names, those that this network has no use for
 * @param models what timm's config.json calls its networks with these names as architecture, and
 *     transformers' as model_type
 */
public record Convention(
    @Nullable Architecture architecture,
    Pretrained.Variant name,
    Variant variant,
    ChannelNormalization normalization,
    Known normalizationFrom,
    PositionEmbedding.Interpolation interpolation,
    List<Renaming> names,
    List<Renaming> spellings,
    Pattern ignored,
    Pattern models) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What torch.compile, FSDP and activation checkpointing put into names, also amid them. */
  private static final List<String> WRAPPERS =
      List.of("_orig_mod.", "_fsdp_wrapped_module.", "_checkpoint_wrapped_module.");

  /** How a normalization is known. */
  enum Known {
    /** All weights under these names have it. */
    BY_NAMES,
    /** Most have it, but weights with another one have the same names. */
    BY_CUSTOM,
    /** A file beside the weights, a checkpoint or a model's header says so. */
    BY_FILE
  }

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

  /** That of weights that come from nowhere else: torchvision's. */
  public static Convention drawn(Model model) {
    return drawn(model, Pretrained.Variant.TORCHVISION);
  }

  /** That of weights of this name; somebody's own network has the one. */
  public static Convention drawn(Model model, Pretrained.Variant name) {
    return model.architecture() == null ? ofModule() : of(model.architecture(), name);
  }

  /** That of somebody's own network: its names, and pictures as torchvision's networks see them. */
  private static Convention ofModule() {
    Architecture usual =
        Stream.of(Architecture.values())
            .filter(network -> network.family() == ArchitectureFamily.RESNET)
            .findFirst()
            .orElseThrow();
    Convention like = of(usual, Pretrained.Variant.TORCHVISION);
    return new Convention(
        null,
        like.name,
        like.variant,
        like.normalization,
        like.normalizationFrom,
        like.interpolation,
        List.of(),
        List.of(),
        like.ignored,
        like.models);
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
          variant(JSON.readTree(metadata.getOrDefault("epsilons", "{}")), like.variant),
          new ChannelNormalization(
              channels(preprocessing.path("mean"), like.normalization.mean()),
              channels(preprocessing.path("std"), like.normalization.std())),
          Known.BY_FILE,
          like.interpolation,
          names.names,
          names.spellings,
          names.ignored,
          names.models);
    } catch (JsonProcessingException | IllegalArgumentException e) {
      return null; // somebody else's words under the same names
    }
  }

  /** With the epsilon of the network's norms, whichever they are; a network has one kind. */
  private static Variant variant(JsonNode epsilons, Variant otherwise) {
    double epsilon = epsilons.isEmpty() ? 0 : epsilons.elements().next().asDouble();
    return epsilon > 0 ? new Variant(epsilon, otherwise.padding()) : otherwise;
  }

  private static List<Double> channels(JsonNode numbers, List<Double> otherwise) {
    List<Double> values = new ArrayList<>();
    numbers.forEach(number -> values.add(number.asDouble()));
    return values.size() == 3 ? List.copyOf(values) : otherwise;
  }

  /** The same, where somebody has said with which epsilon and normalization. */
  public Convention with(@Nullable Double epsilon, @Nullable ChannelNormalization told) {
    return new Convention(
        architecture,
        name,
        epsilon == null ? variant : new Variant(epsilon, variant.padding()),
        told == null ? normalization : told,
        told == null ? normalizationFrom : Known.BY_FILE,
        interpolation,
        names,
        spellings,
        ignored,
        models);
  }

  /** With other spellings in files. */
  Convention spelled(List<Renaming> otherSpellings) {
    return new Convention(
        architecture,
        name,
        variant,
        normalization,
        normalizationFrom,
        interpolation,
        names,
        otherSpellings,
        ignored,
        models);
  }

  /** Whether all but the names is the same: then it does not matter which is meant. */
  boolean computesAs(Convention other) {
    return variant.equals(other.variant) && normalization.equals(other.normalization);
  }

  /** Whether a tensor is of the classifier, by torchvision's name. */
  boolean isHead(String tensor) {
    String head = Objects.requireNonNull(architecture).family().head();
    return tensor.equals(head + ".weight") || tensor.equals(head + ".bias");
  }

  /** Whether a network can do without this tensor of a file, by torchvision's name. */
  boolean isOptional(String tensor) {
    return isHead(tensor) || tensor.endsWith("num_batches_tracked");
  }

  /** Whether the network's input follows from the weights alone. */
  boolean tellsNormalization() {
    return normalizationFrom != Known.BY_CUSTOM;
  }

  /** A name of a file in the spelling that the table of renamings has. */
  String spelled(String name) {
    String plain = name;
    for (String wrapper : WRAPPERS) {
      plain = plain.replace(wrapper, "");
    }
    return Renaming.apply(spellings, plain).get(0);
  }

  static boolean beginsWithWrapper(String name) {
    return WRAPPERS.stream().anyMatch(name::startsWith);
  }

  /** In words, for people who wonder what was chosen. */
  String describe() {
    return "%s's weights of %s: %s padding, epsilon %s, mean %s, std %s"
        .formatted(
            name,
            Objects.requireNonNull(architecture),
            variant.padding() == Variant.Padding.SYMMETRIC ? "symmetric" : "TensorFlow's SAME",
            variant.epsilon(),
            normalization.mean(),
            normalization.std());
  }
}
