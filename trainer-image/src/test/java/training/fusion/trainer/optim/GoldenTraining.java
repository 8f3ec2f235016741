package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Optimization;
import training.fusion.api.Training;
import training.fusion.api.Training.Precision;
import training.fusion.api.Training.UpdateOrder;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.InputDraws;
import training.fusion.trainer.model.MicroBatch;
import training.fusion.trainer.model.MicroBatches;
import training.fusion.trainer.model.Network;

/** A fixture's network and its optimizer, as the trainer has them. */
record GoldenTraining(Golden golden, Network network, TrainingStep training)
    implements AutoCloseable {

  /**
   * With dropout, stochastic depth and label smoothing.
   *
   * @param rho null: not sharpness-aware
   */
  static GoldenTraining of(
      Golden golden,
      Optimization optimization,
      Precision precision,
      UpdateOrder order,
      @Nullable Double rho) {
    List<ParameterGroup> groups = ParameterGroup.of(optimization, golden.table());
    Network network =
        golden.network(
            ParameterGroup.trainable(groups),
            ParameterGroup.frozenBlocks(groups),
            ParameterGroup.segments(groups, order, null, optimization.learningRateDecay() != null),
            precision);
    return of(
        golden, network, optimization, order, Training.WeightDecayOn.NO_NORM_AND_BIAS, null, rho);
  }

  /** In which nothing is drawn at random. */
  static GoldenTraining plain(
      Golden golden,
      Optimization optimization,
      @Nullable Double maxGradNorm,
      @Nullable Double rho) {
    List<ParameterGroup> groups = ParameterGroup.of(optimization, golden.table());
    return of(
        golden,
        golden.network(ParameterGroup.trainable(groups), ParameterGroup.frozenBlocks(groups)),
        optimization,
        UpdateOrder.AFTER_BACKWARD,
        Training.WeightDecayOn.ALL,
        maxGradNorm,
        rho);
  }

  private static GoldenTraining of(
      Golden golden,
      Network network,
      Optimization optimization,
      UpdateOrder order,
      Training.WeightDecayOn decayOn,
      @Nullable Double maxGradNorm,
      @Nullable Double rho) {
    var settings =
        new OptimizerSettings(
            optimization, null, maxGradNorm, decayOn, rho, new OptimizerSettings.RunLength(1, 100));
    return new GoldenTraining(golden, network, TrainingStep.of(network, settings, order));
  }

  /** The fixture's batch in one pass. */
  StepOutcome step(long step) {
    return step(step, 1, 1);
  }

  /** The fixture's batch in several passes, its pictures multiplied by a factor. */
  StepOutcome step(long step, int passes, float factor) {
    return step(step, passes, factor, false);
  }

  /** As {@link #step(long)}, and the parameters are weighed. */
  StepOutcome weighedStep(long step) {
    return step(step, 1, 1, true);
  }

  private StepOutcome step(long step, int passes, float factor, boolean weighed) {
    try (NDManager scope = network.manager().newSubManager()) {
      NDArray images = golden.images(scope).mul(factor);
      NDArray labels = golden.labels(scope);
      int batch = (int) labels.size();
      List<MicroBatch> parts =
          MicroBatch.of(new MicroBatches((batch + passes - 1) / passes, 1).of(batch), i -> 1);
      assertThat(parts).hasSize(passes);
      try (PendingStep pending = training.step(images, labels, InputDraws.NONE, parts, 0, step)) {
        if (weighed) {
          training.weigh(pending);
        }
        return pending.read();
      }
    }
  }

  /** Weights, statistics and the optimizer's state, copied. */
  Map<String, float[]> state() {
    Map<String, NDArray> all = new LinkedHashMap<>(network.state());
    all.putAll(training.optimizer().state());
    Map<String, float[]> copy = new LinkedHashMap<>();
    all.forEach(
        (name, array) -> {
          if (array.getDataType() == DataType.FLOAT32) {
            copy.put(name, array.toFloatArray().clone());
          }
        });
    return copy;
  }

  static Optimization read(String yaml) {
    try {
      return new YAMLMapper().readValue(yaml, Optimization.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    training.close();
  }
}
