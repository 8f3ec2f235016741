package training.fusion.trainer.optim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.IValueUtils;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import training.fusion.api.Hyperparameter;
import training.fusion.api.Optimizer;
import training.fusion.api.OptimizerType;
import training.fusion.api.Schedule;
import training.fusion.trainer.model.Golden;
import training.fusion.trainer.model.Libtorch;
import training.fusion.trainer.model.ScriptArchive;
import training.fusion.trainer.optim.OptimizerSettings.RunLength;

/**
 * Two groups with schedules, clipping and weight decay of their own, as {@code torch.optim} does it
 * with two optimizers of two parameter groups, StepLR, CosineAnnealingLR and clip_grad_norm_.
 */
@Tag("libtorch")
@NullUnmarked
class GroupSettingsTest {
  private static final RunLength LENGTH = new RunLength(4, 3);
  private static final List<Shape> SHAPES =
      List.of(new Shape(2, 3), new Shape(3), new Shape(3, 2), new Shape(2));
  private static final ParameterGroup LOW =
      new ParameterGroup(
          "lowLevel",
          UpdateRule.of(
              Optimizer.of(
                  OptimizerType.ADAMW,
                  Map.of(Hyperparameter.LEARNING_RATE, 1e-2, Hyperparameter.WEIGHT_DECAY, 0.1))),
          0,
          0,
          9,
          new Schedule(Schedule.Type.STEP, null, 2, 0.3),
          1.5);
  private static final ParameterGroup HIGH =
      new ParameterGroup(
          "highLevel",
          UpdateRule.of(
              Optimizer.of(
                  OptimizerType.SGD,
                  Map.of(
                      Hyperparameter.LEARNING_RATE,
                      0.1,
                      Hyperparameter.WEIGHT_DECAY,
                      0.05,
                      Hyperparameter.MOMENTUM,
                      0.9))),
          1,
          1,
          8,
          new Schedule(Schedule.Type.COSINE, 4, null, null),
          null);

  @ParameterizedTest
  @EnumSource(Means.class)
  void aGroupsScheduleClippingAndDecayArePyTorchs(Means means) {
    JsonNode golden = Golden.read("optimizer-groups.json");
    List<ParameterGroup> groups = List.of(LOW, HIGH);
    try (NDManager manager = NDManager.newBaseManager(Libtorch.start(0, 1))) {
      PtSymbolBlock program =
          ScriptArchive.compile(
              manager,
              OptimizerProgram.STATE_METHODS
                  + OptimizerProgram.measureText(groups, 2.0) // HIGH has no limit of its own
                  + OptimizerProgram.updateText(0, LOW.rule(), means.mask())
                  + OptimizerProgram.updateText(1, HIGH.rule(), means.mask()));
      List<NDArray> parameters = tensors(manager, 100, 1);
      List<GroupState> states = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        states.add(
            new GroupState(
                i,
                groups.get(i),
                List.of("bias", "weight"), // gradients come in this order; decayed ones go first
                List.of(parameters.get(2 * i + 1), parameters.get(2 * i)),
                name -> name.equals("weight"),
                program,
                manager,
                means.onHost()));
      }
      for (int step = 1; step <= LENGTH.steps(); step++) {
        List<NDArray> g = tensors(manager, 200 + 10 * (step - 1), 3);
        PtNDArray[] gradients = GroupState.array(List.of(g.get(1), g.get(0), g.get(3), g.get(2)));
        PtNDArray measured = measure(program, manager, gradients);
        for (int i = 0; i < 2; i++) {
          double share =
              LearningRate.factor(
                  groups.get(i).schedule(), groups.get(i).rule().learningRate(), step - 1, LENGTH);
          assertThat(share * groups.get(i).rule().learningRate())
              .as("learning rate %d of step %d", i, step)
              .isCloseTo(
                  golden.get("learningRates").get(step - 1).get(i).asDouble(), within(1e-12));
          assertThat(measured.toDoubleArray()[3 + i])
              .as("gradient norm %d of step %d", i, step)
              .isCloseTo(golden.get("gradientNorms").get(step - 1).get(i).asDouble(), within(2e-6));
          PtNDArray[] own = {gradients[2 * i], gradients[2 * i + 1]};
          states.get(i).update(program, own, measured, share, step);
        }
        int element = 0;
        for (NDArray parameter : parameters) {
          for (float value : parameter.toFloatArray()) {
            assertThat((double) value)
                .as("element %d after step %d", element, step)
                .isCloseTo(
                    golden.get("trace").get(step - 1).get(element++).asDouble(), within(2e-6));
          }
        }
      }
    }
  }

  private static PtNDArray measure(
      PtSymbolBlock program, NDManager manager, PtNDArray[] gradients) {
    return IValueUtils.runMethod(
            program,
            "measure",
            IValue.from((PtNDArray) manager.create(1f)),
            IValue.from((PtNDArray) manager.create(0L)),
            IValue.listFrom(gradients[0], gradients[1]),
            IValue.listFrom(gradients[2], gradients[3]))
        .toTensor((PtNDManager) manager);
  }

  private static List<NDArray> tensors(NDManager manager, int first, double scale) {
    List<NDArray> tensors = new ArrayList<>();
    for (int k = 0; k < SHAPES.size(); k++) {
      float[] values = new float[(int) SHAPES.get(k).size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (scale * Golden.u(first + k, i));
      }
      tensors.add(manager.create(values, SHAPES.get(k)));
    }
    return tensors;
  }
}
