package training.fusion.trainer.report;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.StepCurve;
import training.fusion.trainer.checkpoint.StepPoint;

/**
 * The steps as comma-separated values, one line per point of the curve. As in {@link HistoryTable}
 * the columns that depend on the machine are the last ones; without them the file of a resumed run
 * equals that of an undisturbed one.
 */
public final class StepTable {
  public static final String FILE = "steps.csv";

  /** How many columns at the end depend on the machine. */
  public static final int MACHINE_COLUMNS = 5;

  /** What the groups' columns begin with. */
  public static final String RATE = "learning_rate_";

  public static final String GRADIENTS = "gradient_norm_";
  public static final String WEIGHTS = "weight_norm_";

  private StepTable() {}

  /** Writes the file into the run's folder, as one step. */
  public static void write(Path runFolder, List<String> groups, StepCurve curve)
      throws IOException {
    Durable.write(runFolder.resolve(FILE), toCsv(groups, curve));
  }

  /**
   * The file's text.
   *
   * @param groups names of the groups of parameters that are trained
   */
  public static String toCsv(List<String> groups, StepCurve curve) {
    var text = new StringBuilder(header(groups)).append('\n');
    curve.points().forEach(point -> text.append(line(groups.size(), point)).append('\n'));
    return text.toString();
  }

  private static String header(List<String> groups) {
    var columns = new StringJoiner(",").add("step").add("steps").add("loss").add("highest_loss");
    groups.forEach(group -> columns.add(RATE + group));
    groups.forEach(group -> columns.add(GRADIENTS + group));
    groups.forEach(group -> columns.add(WEIGHTS + group));
    columns.add("swats_switch_step").add("seconds").add("input_wait");
    return columns.add("resident_bytes").add("peak_bytes").add("device_bytes").toString();
  }

  private static String line(int groups, StepPoint point) {
    var columns = new StringJoiner(",");
    columns.add(String.valueOf(point.step())).add(String.valueOf(point.steps()));
    columns.add(Double.toString(point.loss())).add(Double.toString(point.highestLoss()));
    // those of another run that this one goes on from, and that divided the parameters otherwise
    boolean known = point.levels().size() == groups;
    for (int i = 0; i < groups; i++) {
      columns.add(text(known ? point.levels().get(i).learningRate() : null));
    }
    for (int i = 0; i < groups; i++) {
      columns.add(text(known ? point.levels().get(i).gradientNorm() : null));
    }
    for (int i = 0; i < groups; i++) {
      columns.add(text(known ? point.levels().get(i).weightNorm() : null));
    }
    columns.add(text(point.swatsSwitchStep()));
    columns.add(String.format(Locale.ROOT, "%.4f", point.seconds()));
    columns.add(
        String.format(
            Locale.ROOT,
            "%.4f",
            point.seconds() == 0 ? 0 : point.secondsWaited() / point.seconds()));
    StepPoint.Memory memory = point.memory();
    columns.add(text(memory == null ? null : memory.resident()));
    columns.add(text(memory == null ? null : memory.peak()));
    return columns.add(text(memory == null ? null : memory.device())).toString();
  }

  private static String text(@Nullable Number value) {
    return value == null ? "" : value.toString();
  }
}
