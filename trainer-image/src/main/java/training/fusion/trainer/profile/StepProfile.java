package training.fusion.trainer.profile;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.checkpoint.JsonFile;

/**
 * Times the phases of every step. Where they begin and end the device is waited for, so on a GPU
 * the phases add up, where otherwise the host's would hide behind the device's: the steps are
 * slower for it.
 */
public final class StepProfile implements Profile {
  private static final Logger LOG = LoggerFactory.getLogger(StepProfile.class);

  private final Path file;
  private final DoubleSupplier secondsWaited;
  private final Runnable device;
  private final Map<Integer, StepTimes> epochs = new LinkedHashMap<>();
  private final List<StepTimes.Step> all = new ArrayList<>();
  private int epochBegins;

  private Map<Phase, Long> step = new EnumMap<>(Phase.class);
  private Phase phase = Phase.HOST;
  private long since;
  private double waited;

  /**
   * A profile of the steps that this process does.
   *
   * @param secondsWaited time that batches were waited for so far
   * @param device waits until the device has done what it was told
   */
  public StepProfile(Path runFolder, DoubleSupplier secondsWaited, Runnable device) {
    this.file = runFolder.resolve(ProfileFile.NAME);
    this.secondsWaited = secondsWaited;
    this.device = device;
  }

  @Override
  public void begin() {
    device.run();
    step = new EnumMap<>(Phase.class);
    phase = Phase.HOST;
    since = System.nanoTime();
    waited = secondsWaited.getAsDouble();
  }

  @Override
  public void enter(Phase next) {
    device.run();
    long now = System.nanoTime();
    step.merge(phase, now - since, Long::sum);
    since = now;
    phase = next;
  }

  @Override
  public void stepped(int images) {
    enter(Phase.HOST);
    double waitedNow = secondsWaited.getAsDouble();
    long wait = Math.round((waitedNow - waited) * 1e9);
    step.merge(Phase.HOST, -wait, Long::sum); // whose thread waits for batches
    step.put(Phase.INPUT_WAIT, wait);
    waited = waitedNow;
    all.add(new StepTimes.Step(step, images));
    step = new EnumMap<>(Phase.class);
  }

  @Override
  public void trained(int epoch) {
    List<StepTimes.Step> steps = all.subList(epochBegins, all.size());
    if (steps.isEmpty()) {
      return; // a checkpoint was saved between the last step and the evaluation
    }
    StepTimes times = StepTimes.of(steps);
    epochBegins = all.size();
    epochs.put(epoch, times);
    JsonFile.write(file, new ProfileFile(epochs, StepTimes.of(all)));
    tell("epoch " + epoch, times);
  }

  @Override
  public void ended() {
    if (epochs.size() > 1) {
      tell("the training", StepTimes.of(all));
    }
  }

  private static void tell(String what, StepTimes times) {
    var table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT,
            "profile of %s: %d steps, %.1f images/s%n  %-12s%12s%9s%n",
            what,
            times.steps(),
            times.imagesPerSecond(),
            "",
            "median, ms",
            "share"));
    times.phases().forEach((phase, part) -> row(table, phase.label(), part));
    row(table, "step", new StepTimes.Part(times.medianMilliseconds(), 1));
    LOG.info("{}", table.toString().stripTrailing());
  }

  private static void row(StringBuilder table, String label, StepTimes.Part part) {
    table.append(
        String.format(
            Locale.ROOT,
            "  %-12s%12.2f%8.1f%%%n",
            label,
            part.medianMilliseconds(),
            100 * part.share()));
  }
}
