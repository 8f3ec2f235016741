package training.fusion.trainer.train;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.checkpoint.RunState;
import training.fusion.trainer.checkpoint.StepCurve;
import training.fusion.trainer.checkpoint.StepPoint;
import training.fusion.trainer.optim.StepOutcome;
import training.fusion.trainer.optim.SwatsFigures;

/** A step as a point of the run's curve. */
final class StepPoints {
  private static final Path STATUS = Path.of("/proc/self/status");

  private StepPoints() {}

  /**
   * A step.
   *
   * @param step from 1
   * @param device whose memory is measured with the process's, now and then
   */
  static StepPoint of(long step, StepOutcome outcome, RunState.Lap lap, Device device) {
    SwatsFigures swats = outcome.swats();
    return new StepPoint(
        step,
        1,
        outcome.loss(),
        outcome.loss(),
        outcome.groups().stream()
            .map(g -> new StepPoint.Level(g.learningRate(), g.gradientNorm(), g.weightNorm()))
            .toList(),
        swats == null ? null : swats.switchStep(),
        lap.seconds(),
        lap.secondsWaited(),
        StepCurve.measures(step) ? memory(device) : null);
  }

  /** Null where the system is not Linux. */
  private static StepPoint.@Nullable Memory memory(Device device) {
    Map<String, Long> kibibytes = new HashMap<>();
    try {
      for (String line : Files.readAllLines(STATUS)) {
        if (line.startsWith("VmRSS:") || line.startsWith("VmHWM:")) {
          kibibytes.put(line.substring(0, 5), Long.valueOf(line.replaceAll("[^0-9]", "")));
        }
      }
    } catch (IOException e) {
      return null;
    }
    Long resident = kibibytes.get("VmRSS");
    Long peak = kibibytes.get("VmHWM");
    return resident == null || peak == null
        ? null
        : new StepPoint.Memory(
            1024 * resident,
            1024 * peak,
            device.isGpu() ? CudaUtils.getGpuMemory(device).getCommitted() : null);
  }
}
