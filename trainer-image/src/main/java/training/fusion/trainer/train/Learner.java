package training.fusion.trainer.train;

import static java.util.Objects.requireNonNull;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Training;
import training.fusion.api.run.ParameterCounts;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.augmentation.Mixing;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.StepCurve;
import training.fusion.trainer.checkpoint.StoredCheckpoint;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.InputAugmentation.Erasing;
import training.fusion.trainer.model.InputDraws;
import training.fusion.trainer.model.MicroBatch;
import training.fusion.trainer.model.MicroBatches;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.model.PassListener;
import training.fusion.trainer.model.Randomness;
import training.fusion.trainer.optim.FusionOptimizer;
import training.fusion.trainer.optim.LearningRate;
import training.fusion.trainer.optim.MovingAverage;
import training.fusion.trainer.optim.OptimizerSettings;
import training.fusion.trainer.optim.ParameterGroup;
import training.fusion.trainer.optim.PendingStep;
import training.fusion.trainer.optim.SwatsFigures;
import training.fusion.trainer.optim.TrainingStep;
import training.fusion.trainer.profile.Phase;
import training.fusion.trainer.profile.Profile;
import training.fusion.trainer.report.ConfusionCounter;
import training.fusion.trainer.safetensors.SafetensorsFile;
import training.fusion.trainer.safetensors.TensorSource;
import training.fusion.trainer.sample.SampleInput;
import training.fusion.trainer.weights.Convention;

/** A network with its optimizer and schedule: what turns a batch into a step. */
public final class Learner implements AutoCloseable {
  private static final long MIXING_STREAM = -1;

  private final TrainingStep training;
  private final Network network;
  private final FusionOptimizer optimizer;
  private final Settings settings;
  private final MicroBatches microBatches;
  private final Convention convention;
  private final @Nullable MovingAverage average;
  private Profile profile = Profile.NONE;

  private Learner(
      TrainingStep training, Settings settings, MicroBatches microBatches, Convention convention) {
    this.training = training;
    this.network = training.network();
    this.optimizer = training.optimizer();
    this.settings = settings;
    this.microBatches = microBatches;
    this.convention = convention;
    this.average = settings.ema() == null ? null : MovingAverage.of(network, settings.ema());
  }

  /**
   * A learner with initial weights.
   *
   * @param convention of the weights that it will be brought to, or Torchvision's
   * @throws TrainingFailure if model and optimizer do not fit
   */
  public static Learner create(
      Settings settings,
      NetworkKind kind,
      ImageData data,
      BatchPlan plan,
      Device device,
      Convention convention) {
    try {
      if (kind.architecture() == null
          && settings.updateOrder() != Training.UpdateOrder.AFTER_BACKWARD) {
        throw new IllegalArgumentException(
            "training.updateOrder: the blocks of model.module are computed in one pass; choose updateOrder: AfterBackward");
      }
      NetworkSettings wanted = settings.network(kind, data, convention);
      var table = ArchitectureTable.of(kind, wanted.classes(), wanted.imageSize());
      List<ParameterGroup> groups = ParameterGroup.of(settings.run().optimization(), table);
      LearningRate.check(groups, settings.schedule());
      var microBatches = settings.microBatches(wanted, device);
      var length = new OptimizerSettings.RunLength(settings.epochs(), plan.batches());
      var training =
          TrainingStep.create(
              device,
              wanted,
              settings.optimizer(length),
              groups,
              settings.updateOrder(),
              settings.seed());
      var learner = new Learner(training, settings, microBatches, convention);
      learner.rehearse(data);
      return learner;
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration("spec." + e.getMessage());
    }
  }

  /**
   * Somebody's own network does what it will have to, before the first step: with black pictures,
   * or the first rows of the data set, since zeros may mean nothing to it, as a length.
   */
  private void rehearse(ImageData data) {
    if (network.settings().kind().architecture() != null) {
      return;
    }
    int count = microBatches.smallest();
    try (NDManager scope = network.manager().newSubManager();
        @Nullable Batch rows =
            network.settings().tensors() == null ? null : Batch.first(data.train(), count)) {
      var augmented = network.settings().augmentation();
      List<SampleInput> pictures =
          augmented.ready()
              ? List.of(
                  SampleInput.ofPictures(
                      settings.imageSize(),
                      settings.imageSize(),
                      network.settings().pictures().channels()))
              : data.train().source().inputs();
      NDList inputs =
          rows == null
              ? BatchArrays.zeros(pictures, count, scope)
              : BatchArrays.inputs(rows, scope);
      NDArray erased =
          augmented.erasing() == Erasing.NONE
              ? null
              : scope.zeros(new Shape(count, 4), DataType.INT64);
      network.rehearse(
          inputs,
          scope.zeros(new Shape(count), DataType.INT64),
          new InputDraws(erased, mixed(1, scope)));
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  /**
   * Tells the device to train on a batch; the batch is its until the step's numbers were read.
   *
   * @param step from 1, counted over the whole run
   */
  PendingStep step(Batch batch, long step) {
    profile.enter(Phase.FORWARD);
    try (NDManager scope = network.manager().newSubManager()) {
      PendingStep pending =
          training.step(
              BatchArrays.inputs(batch, scope),
              BatchArrays.labels(batch, scope),
              new InputDraws(BatchArrays.erased(batch, scope), mixed(step, scope)),
              passes(batch),
              settings.seed(),
              step);
      if (StepCurve.measures(step)) {
        training.weigh(pending);
      }
      if (average != null) {
        average.update(step);
      }
      return pending;
    } finally {
      profile.enter(Phase.HOST);
    }
  }

  /** From now on tells what a step is at. */
  public void tell(Profile listener) {
    profile = listener;
    training.listen(
        new PassListener() {
          @Override
          public void forwardBegins() {
            listener.enter(Phase.FORWARD);
          }

          @Override
          public void backwardBegins() {
            listener.enter(Phase.BACKWARD);
          }

          @Override
          public void updateBegins() {
            listener.enter(Phase.OPTIMIZER);
          }
        });
  }

  /** How a step's images are mixed; its random numbers are another stream than the program's. */
  private @Nullable NDArray mixed(long step, NDManager scope) {
    Mixing mixing = settings.mixing();
    if (mixing == null) {
      return null;
    }
    long seed = Randomness.mix(Randomness.mix(settings.seed(), MIXING_STREAM), step);
    return BatchArrays.mixed(mixing.draw(seed, settings.imageSize()), scope);
  }

  /** PyTorch divides the loss of mixed labels by the number of images, whatever their weights. */
  private List<MicroBatch> passes(Batch batch) {
    List<Double> weights = network.settings().classWeights();
    return MicroBatch.of(
        microBatches.of(batch.size()),
        weights == null || settings.mixing() != null
            ? image -> 1
            : image -> weights.get(batch.label(image)));
  }

  /** Whether a moving average of the weights is kept. */
  boolean averages() {
    return average != null;
  }

  /** The learner as it is while the averaged weights are in the trained ones' place. */
  interface Averaged extends AutoCloseable {
    @Override
    void close();
  }

  /** Puts the averaged weights in the trained ones' place, until that is closed. */
  Averaged averaged() {
    MovingAverage swapped = requireNonNull(average, "an average is kept");
    swapped.swap();
    return swapped::swap;
  }

  /**
   * Evaluates a batch.
   *
   * @param counter where each image is counted
   * @return cross-entropy summed over the images
   */
  public double evaluate(Batch batch, ConfusionCounter counter) {
    training.complete();
    return Inference.evaluate(network, batch, counter);
  }

  /** Names of the groups that are trained, low level first. */
  public List<String> groupNames() {
    return optimizer.groups().stream()
        .filter(group -> !group.frozen())
        .map(ParameterGroup::name)
        .toList();
  }

  /** Learning rate of each of {@link #groupNames} in a step, from 1. */
  List<Double> learningRates(long step) {
    return optimizer.learningRates(step);
  }

  /** Where SWATS stands; null with another strategy. */
  public @Nullable SwatsFigures swats() {
    return optimizer.swats();
  }

  /** How the parameters are divided; null where one rule updates all. */
  public @Nullable ParameterCounts parameterCounts() {
    List<ParameterGroup> groups = optimizer.groups();
    return groups.size() == 2
        ? new ParameterCounts(groups.get(0).parameters(), groups.get(1).parameters())
        : null;
  }

  /** Parameters of each of optimization.levels; null where another strategy divides them. */
  public @Nullable List<Long> levelParameters() {
    return settings.run().optimization().levels() == null
        ? null
        : optimizer.groups().stream().map(ParameterGroup::parameters).toList();
  }

  /** How a batch is cut into passes, in words; empty where it is one pass. */
  public String microBatches() {
    int size = microBatches.of(settings.batchSize()).get(0);
    return size >= settings.batchSize()
        ? ""
        : ", in micro-batches of %d%s%s"
            .formatted(
                size,
                settings.microBatchSize() == 0 ? " (as many as fit)" : "",
                hasBatchNorm() ? ", each with batch-norm statistics of its own" : "");
  }

  /** Whether images of a pass are normalized by each other. */
  boolean hasBatchNorm() {
    return microBatches.smallest() > 1;
  }

  /** Whose padding, epsilons and preprocessing the weights follow. */
  public Convention convention() {
    return convention;
  }

  /** What computes. */
  Device device() {
    return network.manager().getDevice();
  }

  /** What is trained. */
  public Network network() {
    training.complete();
    return network;
  }

  /** Parameters and buffers, to be written before the next step. */
  List<TensorSource> modelTensors() {
    training.complete();
    return TensorFiles.sources(network.state());
  }

  /** The state of optimizer and average, to be written before the next step. */
  List<TensorSource> optimizerTensors() {
    training.complete();
    Map<String, NDArray> state = new LinkedHashMap<>(optimizer.state());
    if (average != null) {
      state.putAll(average.state());
    }
    return TensorFiles.sources(state);
  }

  /** Brings weights and optimizer to a checkpoint's. */
  public void load(StoredCheckpoint checkpoint) throws IOException {
    try (SafetensorsFile model = checkpoint.openModel();
        SafetensorsFile moments = checkpoint.openOptimizer()) {
      TensorFiles.read(model, network.manager(), network::load);
      TensorFiles.read(moments, network.manager(), this::loadState);
    } catch (IllegalArgumentException e) {
      throw TrainingFailure.badConfiguration(
          "%s is of another model: %s".formatted(checkpoint.folder(), e.getMessage()));
    }
  }

  private void loadState(Map<String, NDArray> saved) {
    Map<String, NDArray> ofOptimizer = new LinkedHashMap<>(saved);
    ofOptimizer.keySet().removeIf(MovingAverage::owns);
    optimizer.load(ofOptimizer);
    if (average != null) {
      average.load(saved);
    }
  }

  /** Brings the weights to those of a file in the run's folder. */
  public void load(Path runFolder, RunState.Weights weights) {
    Path path = runFolder.resolve(weights.file());
    try (SafetensorsFile file = SafetensorsFile.open(path)) {
      TensorFiles.read(file, network.manager(), network::load);
    } catch (IOException e) {
      throw TrainingFailure.unreadable(path, e);
    }
  }

  @Override
  public void close() {
    if (average != null) {
      average.close();
    }
    training.close();
  }
}
