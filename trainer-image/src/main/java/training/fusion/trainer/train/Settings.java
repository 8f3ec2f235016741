package training.fusion.trainer.train;

import ai.djl.Device;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Architecture;
import training.fusion.api.Checkpoint;
import training.fusion.api.Dataset;
import training.fusion.api.Model;
import training.fusion.api.Schedule;
import training.fusion.api.Training;
import training.fusion.api.TransformDefaults;
import training.fusion.api.Transforms;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.augmentation.Mixing;
import training.fusion.trainer.augmentation.PictureTransforms;
import training.fusion.trainer.augmentation.RandomErasing;
import training.fusion.trainer.batch.BatchPlan;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.model.DeviceMemory;
import training.fusion.trainer.model.InputAugmentation;
import training.fusion.trainer.model.InputAugmentation.Erasing;
import training.fusion.trainer.model.MemoryEstimate;
import training.fusion.trainer.model.MicroBatches;
import training.fusion.trainer.model.NetworkKind;
import training.fusion.trainer.model.NetworkSettings;
import training.fusion.trainer.optim.MovingAverage;
import training.fusion.trainer.optim.OptimizerSettings;
import training.fusion.trainer.picture.Framing;
import training.fusion.trainer.weights.ChannelNormalization;
import training.fusion.trainer.weights.Convention;

/**
 * What a run needs of its configuration. Absent fields take the schema's defaults, as in a file
 * that no API server has completed, or the architecture's; this is the one place where they do.
 *
 * @param run the configuration that it was resolved from, for what has no default
 * @param microBatchSize 0: as many as fit
 * @param schedule null: constant
 * @param maxGradNorm null: no clipping
 * @param updateOrder when a step updates the weights
 * @param rho of sharpness-aware minimization; null: it is not used
 * @param deterministic null: on a CPU, not on a GPU
 * @param framing how pictures become the network's input
 * @param transforms those that are asked for, with every field filled in
 * @param mean null: that of the weights' convention; so is std
 * @param selectBest whether the epoch with the best validation becomes the model, or the last
 * @param selectBy what makes a validation the best
 * @param ema the moving average of the weights; null: none
 * @param earlyStopping null: all epochs are trained
 * @param everyMinutes also save within an epoch after so long; null: not
 * @param keep checkpoints while the run trains
 * @param keepInTheEnd checkpoints beside the model of a run that has succeeded
 */
public record Settings(
    RunConfiguration run,
    int epochs,
    int batchSize,
    int microBatchSize,
    int imageSize,
    long seed,
    @Nullable Schedule schedule,
    @Nullable Double maxGradNorm,
    Training.UpdateOrder updateOrder,
    @Nullable Double rho,
    Training.WeightDecayOn weightDecayOn,
    double labelSmoothing,
    double dropout,
    double stochasticDepth,
    Framing framing,
    Training.Augmentation augmentation,
    Transforms transforms,
    @Nullable List<Double> mean,
    @Nullable List<Double> std,
    Training.Precision precision,
    @Nullable Boolean deterministic,
    boolean selectBest,
    Criterion selectBy,
    MovingAverage.@Nullable Decay ema,
    @Nullable EarlyStopping earlyStopping,
    int everyEpochs,
    @Nullable Integer everyMinutes,
    int keep,
    int keepInTheEnd) {
  /** The newest, and one in case that it is damaged. */
  private static final int KEPT = 2;

  private static final Transforms NO_TRANSFORMS =
      new Transforms(null, null, null, null, null, null, null, null, null);

  /** Resolves a configuration. */
  public static Settings of(RunConfiguration run) {
    Model model = run.model();
    Training training = run.training();
    int imageSize = or(training.imageSize(), model.imageSize());
    var normalization = ChannelNormalization.asked(run.dataset().normalization());
    Checkpoint checkpoint =
        run.checkpoint() == null ? new Checkpoint(null, null, null, null, null) : run.checkpoint();
    return new Settings(
        run,
        or(training.epochs(), 10),
        or(training.batchSize(), 128),
        or(training.microBatchSize(), 0),
        imageSize,
        or(training.seed(), 0L),
        training.schedule(),
        training.maxGradNorm(),
        or(training.updateOrder(), Training.UpdateOrder.AFTER_BACKWARD),
        training.sharpnessAware() == null ? null : or(training.sharpnessAware().rho(), 0.05),
        or(training.weightDecayOn(), Training.WeightDecayOn.ALL),
        or(training.labelSmoothing(), 0.0),
        model.architecture() == null ? 0 : or(model.dropout(), model.architecture().dropout()),
        stochasticDepth(model),
        Framing.of(run.dataset().resize(), imageSize),
        or(training.augmentation(), Training.Augmentation.NONE),
        TransformDefaults.resolve(or(training.transforms(), NO_TRANSFORMS)),
        normalization == null ? null : normalization.mean(),
        normalization == null ? null : normalization.std(),
        or(training.precision(), Training.Precision.FP32),
        training.deterministic(),
        training.select() != Training.Select.LAST,
        new Criterion(or(training.selectMetric(), Training.Metric.ACCURACY)),
        decay(training.ema()),
        EarlyStopping.of(training.earlyStopping()),
        or(checkpoint.everyEpochs(), 1),
        checkpoint.everyMinutes(),
        Math.max(1, or(checkpoint.keep(), KEPT)),
        or(checkpoint.keep(), 1));
  }

  private static double stochasticDepth(Model model) {
    Double own = model.architecture() == null ? null : model.architecture().stochasticDepth();
    return or(model.stochasticDepth(), own == null ? 0 : own);
  }

  private static MovingAverage.@Nullable Decay decay(Training.@Nullable Ema asked) {
    return asked == null
        ? null
        : new MovingAverage.Decay(or(asked.decay(), 0.9999), or(asked.warmup(), false));
  }

  /**
   * The network for these images.
   *
   * @param kind which it is
   * @param convention of the weights that it begins with
   */
  public NetworkSettings network(NetworkKind kind, ImageData data, Convention convention) {
    NetworkInput input = NetworkInput.of(data.train().source(), kind, imageSize);
    Dataset.Tensors.Input tensor = NetworkInput.asked(run.dataset());
    return new NetworkSettings(
        kind,
        convention.variant(),
        data.classes(),
        imageSize,
        dropout,
        stochasticDepth,
        input.pictures(),
        framing.mode(),
        framing.interpolation(),
        inputAugmentation(),
        input.pictures().ready()
            ? NetworkInput.ofTensors(tensor == null ? null : tensor.mean(), 0)
            : or(mean, convention.normalization().mean()),
        input.pictures().ready()
            ? NetworkInput.ofTensors(tensor == null ? null : tensor.std(), 1)
            : or(std, convention.normalization().std()),
        labelSmoothing,
        precision,
        ClassWeights.of(run.training().classWeights(), data),
        input.tensors());
  }

  /** How parameters are updated. */
  OptimizerSettings optimizer(OptimizerSettings.RunLength length) {
    return new OptimizerSettings(
        run.optimization(), schedule, maxGradNorm, weightDecayOn, rho, length);
  }

  /** Pixels at the edge that no patch of the network covers; empty: there are none. */
  public Optional<String> unseenPixels() {
    Architecture architecture = run.model().architecture();
    if (architecture == null) {
      return Optional.empty();
    }
    Integer patch = architecture.patchSize();
    int unseen = architecture.unseenPixels(imageSize);
    if (patch == null || unseen == 0) {
      return Optional.empty();
    }
    int seen = imageSize - unseen;
    return Optional.of(
        "training.imageSize: %d pixels are %d patches of %d, and %s does not look at the last %d rows and columns; choose %d or %d"
            .formatted(imageSize, seen / patch, patch, architecture, unseen, seen, seen + patch));
  }

  /** How the training images are cut into batches. */
  public BatchPlan plan(NetworkKind kind, ImageData data) {
    return BatchPlan.of(data.train().count(), batchSize, kind.smallestBatch());
  }

  /** About what a training step needs of the device's memory. */
  public MemoryEstimate memory(NetworkSettings network) {
    MemoryEstimate memory = MemoryEstimate.of(network);
    MemoryEstimate averaged = ema == null ? memory : memory.withCopy(network);
    return rho == null ? averaged : averaged.withCopy(network);
  }

  /** How a batch is cut into forward passes on this device. */
  MicroBatches microBatches(NetworkSettings network, Device device) {
    int smallest = network.kind().smallestBatch();
    return microBatchSize == 0
        ? MicroBatches.thatFit(memory(network), smallest, batchSize, DeviceMemory.available(device))
        : new MicroBatches(microBatchSize, smallest);
  }

  /** What the workers make of each training image; null: nothing. */
  public @Nullable PictureTransforms pictureTransforms() {
    return PictureTransforms.of(augmentation, transforms, framing);
  }

  /** Whether training pictures are cut at random, and so are other bytes each time. */
  public boolean cutsTrainingPictures() {
    PictureTransforms pictures = pictureTransforms();
    return pictures != null && pictures.crop() != null;
  }

  /** Which box of each training image the network's program erases; null: none. */
  public @Nullable RandomErasing erasing() {
    return transforms.randomErasing() == null
        ? null
        : RandomErasing.of(transforms.randomErasing(), imageSize);
  }

  /** How the images of a batch are mixed; null: not. */
  @Nullable Mixing mixing() {
    return Mixing.of(transforms.mixUp(), transforms.cutMix());
  }

  private InputAugmentation inputAugmentation() {
    PictureTransforms pictures = pictureTransforms();
    boolean complete = pictures != null && pictures.complete();
    RandomErasing erasing = erasing();
    InputAugmentation alone = InputAugmentation.of(augmentation);
    return new InputAugmentation(
        pictures != null,
        alone.flips() && !complete,
        alone.moves() && !complete,
        erasing == null ? Erasing.NONE : erasing.noise() ? Erasing.NOISE : Erasing.ZEROS,
        mixing() != null);
  }

  private static <T> T or(@Nullable T value, T otherwise) {
    return value == null ? otherwise : value;
  }
}
