package training.fusion.trainer.train;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.Metrics;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.batch.Batch;
import training.fusion.trainer.data.Part;
import training.fusion.trainer.model.ArchitectureTable;
import training.fusion.trainer.model.Evaluation;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.Network;
import training.fusion.trainer.model.NetworkSettings.Pictures;
import training.fusion.trainer.model.TrainableBlocks;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.process.StopSignal;
import training.fusion.trainer.process.StoppedException;
import training.fusion.trainer.report.ConfusionCounter;
import training.fusion.trainer.report.DetailedMetrics;
import training.fusion.trainer.report.WorstMistakes;

/** A trained model on a device, for samples of one shape. */
public final class Inference implements AutoCloseable {
  private final Network network;

  private Inference(Network network) {
    this.network = network;
  }

  /**
   * Loads a model.
   *
   * @param input what it is shown
   * @param gpus 0 computes on the CPU, 1 on a GPU
   * @throws TrainingFailure if its tensors are not its architecture's
   */
  public static Inference of(TrainedModel model, NetworkInput input, int gpus) {
    Device device = Libtorch.start(gpus, Runtime.getRuntime().availableProcessors());
    var settings = model.network(input);
    var table = ArchitectureTable.of(settings.kind(), settings.classes(), settings.imageSize());
    var network = Network.create(device, settings, TrainableBlocks.all(table), 0);
    try {
      model.load(network);
      return new Inference(network);
    } catch (RuntimeException e) {
      network.close();
      throw e;
    }
  }

  /**
   * Evaluates the model on parts of a data set, taken together.
   *
   * @param split how the result calls them
   * @throws TrainingFailure Terminated if the process was asked to end
   */
  public DetailedMetrics evaluate(
      List<Part> parts, Metrics.Split split, int batchSize, StopSignal stop)
      throws InterruptedException {
    var evaluator =
        new Evaluator(
            this::evaluate, activity -> {}, stop, batchSize, network.settings().classes());
    try {
      return evaluator.evaluate(parts, split, 0).metrics();
    } catch (StoppedException e) {
      throw new TrainingFailure(
          ExitCode.TERMINATED, RunResult.TERMINATED, "stopped from outside", e);
    }
  }

  private double evaluate(Batch batch, ConfusionCounter counter) {
    return evaluate(network, batch, counter);
  }

  /**
   * Evaluates a batch.
   *
   * @param counter where each image is counted
   * @return cross-entropy summed over the images
   */
  static double evaluate(Network network, Batch batch, ConfusionCounter counter) {
    try (NDManager scope = network.manager().newSubManager()) {
      Evaluation evaluation =
          network.evaluate(BatchArrays.inputs(batch, scope), BatchArrays.labels(batch, scope));
      for (int i = 0; i < batch.size(); i++) {
        int label = batch.label(i);
        int predicted = evaluation.predicted(i);
        counter.add(label, predicted);
        if (predicted != label) {
          addMistake(evaluation, i, label, predicted, counter);
        }
        counter.addRank(evaluation.rank(i, label));
      }
      return evaluation.lossSum();
    }
  }

  /** The sum over the classes is for those alone that may be among the worst. */
  private static void addMistake(
      Evaluation evaluation, int image, int label, int predicted, ConfusionCounter counter) {
    int classes = counter.classes();
    double largest = evaluation.logit(image, predicted);
    double behind = largest - evaluation.logit(image, label);
    if (!counter.worst().wants(behind + Math.log(classes))) {
      return;
    }
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      sum += Math.exp(evaluation.logit(image, c) - largest);
    }
    counter
        .worst()
        .add(
            new WorstMistakes.Mistake(
                counter.images(), label, predicted, behind + Math.log(sum), 1 / sum));
  }

  /**
   * Probability of each class, for each picture: softmax of the logits.
   *
   * @param pictures of the shape this was made for, as many as the device has room for
   */
  public List<double[]> probabilities(List<Picture> pictures) {
    Pictures shape = network.settings().pictures();
    ByteBuffer samples =
        ByteBuffer.allocateDirect(
            pictures.size() * shape.height() * shape.width() * shape.channels());
    pictures.forEach(picture -> samples.put(picture.samples()));
    try (NDManager scope = network.manager().newSubManager()) {
      Evaluation evaluation =
          network.evaluate(
              scope.create(
                  samples.flip(),
                  new Shape(pictures.size(), shape.height(), shape.width(), shape.channels()),
                  DataType.UINT8),
              scope.create(new long[pictures.size()])); // labels, for a loss that nobody reads
      return probabilities(evaluation, pictures.size());
    }
  }

  /** The same of a batch, whatever its labels. */
  public List<double[]> probabilities(Batch batch) {
    try (NDManager scope = network.manager().newSubManager()) {
      Evaluation evaluation =
          network.evaluate(BatchArrays.inputs(batch, scope), BatchArrays.labels(batch, scope));
      return probabilities(evaluation, batch.size());
    }
  }

  private List<double[]> probabilities(Evaluation evaluation, int samples) {
    return IntStream.range(0, samples)
        .mapToObj(i -> softmax(evaluation, i, network.settings().classes()))
        .toList();
  }

  private static double[] softmax(Evaluation evaluation, int image, int classes) {
    double largest = evaluation.logit(image, evaluation.predicted(image));
    double[] exponentials = new double[classes];
    for (int c = 0; c < classes; c++) {
      exponentials[c] = Math.exp(evaluation.logit(image, c) - largest);
    }
    double sum = Arrays.stream(exponentials).sum();
    return Arrays.stream(exponentials).map(e -> e / sum).toArray();
  }

  @Override
  public void close() {
    network.close();
  }
}
