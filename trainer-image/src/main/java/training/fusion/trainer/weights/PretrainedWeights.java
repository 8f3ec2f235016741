package training.fusion.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Dataset;
import training.fusion.api.Pretrained;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.Initializer;
import training.fusion.trainer.model.Network;

/** Weights that a training starts from, and the convention that they follow. */
public final class PretrainedWeights {
  private final WeightsFile file;
  private final WeightsChoice.Chosen chosen;
  private final Fit fit;
  private final Pretrained.Head head;
  private final KeptHead kept;
  private final @Nullable ChannelNormalization asked;

  private PretrainedWeights(
      WeightsFile file,
      WeightsChoice.Chosen chosen,
      Pretrained.Head head,
      KeptHead kept,
      @Nullable ChannelNormalization asked) {
    this.file = file;
    this.chosen = chosen;
    this.fit = chosen.fit();
    this.head = head;
    this.kept = kept;
    this.asked = asked;
  }

  /**
   * Opens a file and finds out whose weights it has; their values are not read yet.
   *
   * @param given the file, or a folder with exactly one
   * @param normalization what the training says of it; null: nothing
   * @throws TrainingFailure naming the file: damaged, tensors that are missing, not expected or of
   *     another shape, names that several variants have, or a normalization that nothing tells
   */
  public static PretrainedWeights open(
      Path given,
      Architecture architecture,
      Pretrained asked,
      Dataset.@Nullable Normalization normalization) {
    return choose(WeightsFile.open(given), architecture, asked, normalization);
  }

  static PretrainedWeights choose(
      WeightsFile file,
      Architecture architecture,
      Pretrained asked,
      Dataset.@Nullable Normalization normalization) {
    WeightsChoice.Chosen chosen = WeightsChoice.of(file, architecture, asked);
    Convention convention = chosen.fit().convention();
    ChannelNormalization asks = ChannelNormalization.asked(normalization);
    if (asks == null && !convention.tellsNormalization()) {
      throw WeightsFile.badWeights(
          "%s has the names of %s's weights of %s, under which weights for pictures normalized otherwise are published too, and no %s beside it says how; set dataset.normalization.preset to ImageNet (DeiT, DINO, MAE), Half (Google's ViT, timm's augreg) or Clip"
              .formatted(
                  file.path(),
                  convention.name(),
                  architecture,
                  String.join(" or ", PublishedConfiguration.FILES.subList(0, 2))));
    }
    Pretrained.Head head = asked.head() == null ? Pretrained.Head.NEW : asked.head();
    return new PretrainedWeights(file, chosen, head, KeptHead.of(file), asks);
  }

  /** Whose weights they are. */
  public Convention convention() {
    return fit.convention();
  }

  /** What was chosen, in a sentence. */
  public String describe() {
    List<String> leftOut = fit.leftOut();
    return "%s has %s%s%s%s; %s%s"
        .formatted(
            file.path(),
            fit.convention().describe(),
            asked == null
                ? ""
                : " (dataset.normalization has mean %s, std %s instead)"
                    .formatted(asked.mean(), asked.std()),
            chosen.configuration() == null ? "" : ", as %s says".formatted(chosen.configuration()),
            where(),
            head == Pretrained.Head.NEW
                ? "the head is a new one"
                : "the head is kept" + kept.unchecked(),
            leftOut.isEmpty() ? "" : "; left out: " + Fit.listed(leftOut, Function.identity()));
  }

  /**
   * The same for a data set's classes, with which the outputs of a head that is kept are matched by
   * name.
   *
   * @param classNames in the order of the network's outputs
   * @throws TrainingFailure if the file names other classes
   */
  public PretrainedWeights matchedWith(List<String> classNames) {
    return head == Pretrained.Head.NEW
        ? this
        : new PretrainedWeights(file, chosen, head, kept.matchedWith(classNames), asked);
  }

  /** Entry and prefix, where there are any, and what other entries might have been meant. */
  private String where() {
    StringBuilder where = new StringBuilder();
    String entry = fit.dictionary().entry();
    if (!entry.isEmpty()) {
      where.append(", in its entry ").append(entry);
    }
    if (!fit.prefix().isEmpty()) {
      where.append(", under the prefix ").append(fit.prefix());
    }
    List<String> others = chosen.otherEntries();
    if (!others.isEmpty()) {
      where
          .append(" (model.pretrained.entry could choose ")
          .append(String.join(" or ", others))
          .append(')');
    }
    return where.toString();
  }

  /**
   * Copies the weights into a network of this convention.
   *
   * @param seed of a new head
   * @throws TrainingFailure if the file's head is to be kept and has another number of classes, or
   *     a value is damaged
   */
  public void load(Network network, long seed) {
    checkHead(network.settings().classes());
    try (NDManager scope = network.manager().newSubManager()) {
      Map<String, NDArray> state = new LinkedHashMap<>(network.state());
      for (var entry : state.entrySet()) {
        List<StoredTensor> parts = fit.sources().get(entry.getKey());
        if (head == Pretrained.Head.NEW && fit.convention().isHead(entry.getKey())) {
          float[] values = Initializer.newHead(network.table(), entry.getKey(), seed);
          entry.setValue(scope.create(values, entry.getValue().getShape()));
        } else if (parts != null) {
          entry.setValue(read(entry.getKey(), parts, entry.getValue(), scope));
        }
      }
      network.load(state);
    }
  }

  /**
   * Reads all values that {@link #load} would copy.
   *
   * @throws TrainingFailure naming the tensor of which one is damaged, or no finite number
   */
  public void checkValues() {
    fit.sources()
        .forEach(
            (name, parts) -> {
              if (head == Pretrained.Head.KEEP || !fit.convention().isHead(name)) {
                values(parts);
              }
            });
  }

  private NDArray read(String name, List<StoredTensor> parts, NDArray live, NDManager scope) {
    float[] values = values(parts);
    if (name.equals(Fit.POSITIONS)) {
      int from = (int) Math.sqrt((double) parts.get(0).shape().get(1) - 1);
      int to = (int) Math.sqrt((double) live.getShape().get(1) - 1);
      if (from != to) {
        values =
            PositionEmbedding.resize(scope, fit.convention().interpolation(), values, from, to);
      }
    }
    if (live.getDataType() == DataType.INT64) {
      return scope.create((long) values[0]);
    }
    if (values.length != live.size()) { // the classifier's other dimension
      throw damaged(
          name, "it has %d values, expected shape %s".formatted(values.length, live.getShape()));
    }
    if (fit.convention().isHead(name)) {
      values = kept.inOrder(values);
    }
    return scope.create(values, live.getShape());
  }

  /** All values of a tensor that is in parts in the file. */
  private float[] values(List<StoredTensor> parts) {
    float[] values = new float[0];
    for (StoredTensor part : parts) {
      try {
        float[] more = part.floats();
        int length = values.length;
        values = length == 0 ? more : Arrays.copyOf(values, length + more.length);
        if (length > 0) {
          System.arraycopy(more, 0, values, length, more.length);
        }
      } catch (UnreadableWeights e) {
        throw damaged(nameInFile(part), String.valueOf(e.getMessage()));
      } catch (IOException e) {
        throw TrainingFailure.unreadable(file.path(), e);
      }
    }
    return values;
  }

  private String nameInFile(StoredTensor tensor) {
    return fit.dictionary().tensors().entrySet().stream()
        .filter(entry -> entry.getValue().equals(tensor)) // by identity
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("a tensor");
  }

  private TrainingFailure damaged(String tensor, String what) {
    return WeightsFile.badWeights(
        "%s does not serve as weights: %s: %s".formatted(file.path(), tensor, what));
  }

  /**
   * Looks whether a head that is to be kept fits the data.
   *
   * @throws TrainingFailure if there is none, or it has another number of classes
   */
  public void checkHead(int classes) {
    if (head == Pretrained.Head.NEW) {
      return;
    }
    List<Map.Entry<String, List<StoredTensor>>> found =
        fit.sources().entrySet().stream()
            .filter(entry -> fit.convention().isHead(entry.getKey()))
            .toList();
    if (found.size() != 2) {
      throw WeightsFile.badWeights(
          "%s has no classifier that model.pretrained.head: Keep could keep; set it to New"
              .formatted(file.path()));
    }
    for (var entry : found) {
      long has = entry.getValue().get(0).shape().get(0);
      if (has != classes) {
        throw WeightsFile.badWeights(
            "%s has a classifier for %d classes, the data set has %d; set model.pretrained.head: New to draw a new one"
                .formatted(file.path(), has, classes));
      }
    }
  }
}
