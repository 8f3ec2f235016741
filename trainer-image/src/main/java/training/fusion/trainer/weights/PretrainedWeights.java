package training.fusion.trainer.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import training.fusion.api.Architecture;
import training.fusion.api.Pretrained;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.Network;

/** Weights that a training starts from, and the convention that they follow. */
public final class PretrainedWeights {
  private static final int ANY_CLASSES = 1000; // the classifier is looked at when it is loaded

  private final Path path;
  private final Fit fit;
  private final Pretrained.Head head;
  private final KeptHead kept;

  private PretrainedWeights(Path path, Fit fit, Pretrained.Head head, KeptHead kept) {
    this.path = path;
    this.fit = fit;
    this.head = head;
    this.kept = kept;
  }

  /**
   * Opens a file and finds out whose weights it has; their values are not read yet.
   *
   * @param given the file, or a folder with exactly one
   * @throws TrainingFailure naming the file: damaged, more than weights, tensors that are missing,
   *     not expected or of another shape, or names that several variants have
   */
  public static PretrainedWeights open(Path given, Architecture architecture, Pretrained asked) {
    return choose(WeightsFile.open(given), architecture, asked);
  }

  static PretrainedWeights choose(WeightsFile file, Architecture architecture, Pretrained asked) {
    Pretrained.Variant variant =
        asked.variant() == null ? Pretrained.Variant.AUTO : asked.variant();
    Pretrained.Head head = asked.head() == null ? Pretrained.Head.NEW : asked.head();
    refuseRw(file);
    var table = ArchitectureTable.of(architecture, ANY_CLASSES);
    Convention own = Convention.ofModel(architecture, file.metadata());
    List<Fit> fits =
        (own == null ? Conventions.of(architecture) : List.of(own))
            .stream().map(convention -> Fit.of(convention, table, file.tensors())).toList();
    if (variant != Pretrained.Variant.AUTO) {
      Pretrained.Variant wanted = Convention.of(architecture, variant).name();
      fits = fits.stream().filter(fit -> fit.convention().name() == wanted).toList();
      if (fits.isEmpty()) {
        throw WeightsFile.badWeights(
            "%s is a model trained here, in the variant %s; set model.pretrained.variant to that or to Auto"
                .formatted(file.path(), file.metadata().get("variant")));
      }
    }
    List<Fit> exact = fits.stream().filter(Fit::isExact).toList();
    if (exact.size() > 1) {
      throw WeightsFile.badWeights(
          "%s has the names and shapes of several variants, and nothing in a file tells them apart; set model.pretrained.variant to one of: %s"
              .formatted(file.path(), Fit.listed(exact, fit -> fit.convention().describe())));
    }
    if (exact.isEmpty()) {
      throw misfit(file, architecture, fits, table);
    }
    return new PretrainedWeights(file.path(), exact.get(0), head, KeptHead.of(file));
  }

  private static void refuseRw(WeightsFile file) {
    if (file.tensors().containsKey("conv_stem.weight")
        && file.tensors().containsKey("blocks.0.0.conv_exp.weight")) {
      throw WeightsFile.badWeights(
          "%s has weights of timm's efficientnetv2_rw_s, which is another architecture than EfficientNetV2-S; use tf_efficientnetv2_s or torchvision's efficientnet_v2_s"
              .formatted(file.path()));
    }
  }

  private static TrainingFailure misfit(
      WeightsFile file, Architecture architecture, List<Fit> fits, ArchitectureTable table) {
    Fit nearest = fits.stream().max(Comparator.comparingInt(Fit::present)).orElseThrow();
    int needed = table.parameters().size() + table.buffers().size();
    if (nearest.present() < needed / 2) {
      List<String> names = List.copyOf(file.tensors().keySet());
      return WeightsFile.badWeights(
          "%s has no weights of %s: of its %d tensors %d are there under %s's names; it has %s"
              .formatted(
                  file.path(),
                  architecture,
                  needed,
                  nearest.present(),
                  nearest.convention().name(),
                  names.isEmpty() ? "none at all" : Fit.listed(names, name -> name)));
    }
    return WeightsFile.badWeights(
        "%s is nearest to %s's weights of %s, but does not fit: %s"
            .formatted(
                file.path(), nearest.convention().name(), architecture, nearest.tellProblems()));
  }

  /** Whose weights they are. */
  public Convention convention() {
    return fit.convention();
  }

  /** What was chosen, in a sentence. */
  public String describe() {
    return "%s has %s; %s"
        .formatted(
            path,
            fit.convention().describe(),
            head == Pretrained.Head.NEW
                ? "the head is a new one"
                : "the head is kept" + kept.unchecked());
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
        : new PretrainedWeights(path, fit, head, kept.matchedWith(classNames));
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
        if (head == Pretrained.Head.NEW && Fit.HEAD.matcher(entry.getKey()).matches()) {
          float[] values = network.newHead(entry.getKey(), seed);
          entry.setValue(scope.create(values, entry.getValue().getShape()));
        } else if (parts != null) {
          entry.setValue(read(entry.getKey(), parts, entry.getValue(), scope));
        }
      }
      network.load(state);
    }
  }

  private NDArray read(String name, List<StoredTensor> parts, NDArray live, NDManager scope) {
    try {
      float[] values = parts.get(0).floats();
      for (StoredTensor part : parts.subList(1, parts.size())) {
        float[] more = part.floats();
        int length = values.length;
        values = Arrays.copyOf(values, length + more.length);
        System.arraycopy(more, 0, values, length, more.length);
      }
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
        throw new UnreadableWeights(
            "it has %d values, expected shape %s".formatted(values.length, live.getShape()));
      }
      if (Fit.HEAD.matcher(name).matches()) {
        values = kept.inOrder(values);
      }
      return scope.create(values, live.getShape());
    } catch (UnreadableWeights e) {
      throw WeightsFile.badWeights(
          "%s does not serve as weights: %s: %s".formatted(path, name, e.getMessage()));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(path, e);
    }
  }

  private void checkHead(int classes) {
    if (head == Pretrained.Head.NEW) {
      return;
    }
    List<Map.Entry<String, List<StoredTensor>>> found =
        fit.sources().entrySet().stream()
            .filter(entry -> Fit.HEAD.matcher(entry.getKey()).matches())
            .toList();
    if (found.size() != 2) {
      throw WeightsFile.badWeights(
          "%s has no classifier that model.pretrained.head: Keep could keep; set it to New"
              .formatted(path));
    }
    for (var entry : found) {
      long has = entry.getValue().get(0).shape().get(0);
      if (has != classes) {
        throw WeightsFile.badWeights(
            "%s has a classifier for %d classes, the data set has %d; set model.pretrained.head: New to draw a new one"
                .formatted(path, has, classes));
      }
    }
  }
}
