package training.fusion.trainer.checkpoint;

import com.fasterxml.jackson.annotation.JsonFormat;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Steps that follow each other, as one point of a curve. In JSON an array: a checkpoint has
 * hundreds of them.
 *
 * @param step the last of them, from 1
 * @param steps how many they are
 * @param lossSum sum of their losses
 * @param highestLoss the largest of their losses
 * @param levels one for each group of parameters that is trained, low level first
 * @param swatsSwitchStep the step that was Adam's last in SWATS; absent before, and otherwise
 * @param seconds that they took
 * @param secondsWaited part of it that input was waited for
 * @param memory as last measured in them; absent: in none of them
 */
@JsonFormat(shape = JsonFormat.Shape.ARRAY)
public record StepPoint(
    long step,
    int steps,
    double lossSum,
    double highestLoss,
    List<Level> levels,
    @Nullable Long swatsSwitchStep,
    double seconds,
    double secondsWaited,
    @Nullable Memory memory) {
  public StepPoint {
    levels = List.copyOf(levels);
    if (steps < 1 || step < steps) {
      throw new IllegalArgumentException("%d steps up to step %d".formatted(steps, step));
    }
  }

  /**
   * A group of parameters.
   *
   * @param learningRate in the last of the steps
   * @param gradientNorm the largest of the steps', before clipping
   * @param weightNorm Euclidean norm of the parameters after the step in which they were last
   *     measured; absent: in none of them
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Level(double learningRate, double gradientNorm, @Nullable Double weightNorm) {
    private Level and(Level later) {
      return new Level(
          later.learningRate,
          Math.max(gradientNorm, later.gradientNorm),
          later.weightNorm == null ? weightNorm : later.weightNorm);
    }
  }

  /**
   * What the training holds, in bytes.
   *
   * @param resident of the process, in the machine's memory
   * @param peak the most that the process had until then
   * @param device in use on the GPU, by whomever; absent without one
   */
  @JsonFormat(shape = JsonFormat.Shape.ARRAY)
  public record Memory(long resident, long peak, @Nullable Long device) {}

  /** Mean loss of the steps. */
  @JsonIgnore
  public double loss() {
    return lossSum / steps;
  }

  /** These steps and those of a later point as one. */
  StepPoint and(StepPoint later) {
    return new StepPoint(
        later.step,
        steps + later.steps,
        lossSum + later.lossSum,
        Math.max(highestLoss, later.highestLoss),
        levels(later.levels),
        later.swatsSwitchStep == null ? swatsSwitchStep : later.swatsSwitchStep,
        seconds + later.seconds,
        secondsWaited + later.secondsWaited,
        later.memory == null ? memory : later.memory);
  }

  /** A run that goes on from another one's may divide the parameters otherwise. */
  private List<Level> levels(List<Level> later) {
    if (later.size() != levels.size()) {
      return later;
    }
    List<Level> both = new ArrayList<>();
    for (int i = 0; i < later.size(); i++) {
      both.add(levels.get(i).and(later.get(i)));
    }
    return both;
  }
}
