package training.fusion.trainer.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.StepCurve;
import training.fusion.trainer.checkpoint.StepPoint;

/**
 * The steps as comma-separated values, {@code steps.csv}: one line per point of the curve. As in
 * {@link HistoryTable} the columns that depend on the machine are the last ones; without them the
 * file of a resumed run equals that of an undisturbed one.
 *
 * @param groups names of the groups of parameters that are trained, low level first
 */
public record StepTable(List<String> groups, StepCurve curve) {
  public static final String FILE = "steps.csv";

  /** How many columns at the end depend on the machine. */
  public static final int MACHINE_COLUMNS = 5;

  private static final String RATE = "learning_rate_";
  private static final String GRADIENTS = "gradient_norm_";
  private static final String WEIGHTS = "weight_norm_";

  public StepTable {
    groups = List.copyOf(groups);
  }

  /** Writes the file into the run's folder, as one step. */
  public void write(Path runFolder) throws IOException {
    Durable.write(runFolder.resolve(FILE), toCsv());
  }

  /** The file's text. */
  public String toCsv() {
    var text = new StringBuilder(header()).append('\n');
    curve.points().forEach(point -> text.append(line(point)).append('\n'));
    return text.toString();
  }

  private String header() {
    var columns = new StringJoiner(",").add("step").add("steps").add("loss").add("highest_loss");
    for (String prefix : List.of(RATE, GRADIENTS, WEIGHTS)) {
      groups.forEach(group -> columns.add(prefix + group));
    }
    columns.add("swats_switch_step").add("seconds").add("seconds_waited");
    return columns.add("resident_bytes").add("peak_bytes").add("device_bytes").toString();
  }

  private String line(StepPoint point) {
    List<String> columns = new ArrayList<>();
    columns.add(String.valueOf(point.step()));
    columns.add(String.valueOf(point.steps()));
    columns.add(Double.toString(point.loss()));
    columns.add(Double.toString(point.highestLoss()));
    List<StepPoint.Level> levels = levels(point);
    levels.forEach(level -> columns.add(text(level.learningRate())));
    levels.forEach(level -> columns.add(text(level.gradientNorm())));
    levels.forEach(level -> columns.add(text(level.weightNorm())));
    columns.add(text(point.swatsSwitchStep()));
    columns.add(String.format(Locale.ROOT, "%.6f", point.seconds()));
    columns.add(String.format(Locale.ROOT, "%.6f", point.secondsWaited()));
    StepPoint.Memory memory = point.memory();
    columns.add(text(memory == null ? null : memory.resident()));
    columns.add(text(memory == null ? null : memory.peak()));
    columns.add(text(memory == null ? null : memory.device()));
    return String.join(",", columns);
  }

  /** A run that goes on from another one's may divide the parameters otherwise: nothing is told. */
  private List<StepPoint.Level> levels(StepPoint point) {
    return point.levels().size() == groups.size()
        ? point.levels()
        : groups.stream().map(group -> new StepPoint.Level(Double.NaN, Double.NaN, null)).toList();
  }

  private static String text(@Nullable Number value) {
    return value == null || !Double.isFinite(value.doubleValue()) ? "" : value.toString();
  }

  /**
   * Reads the file of a run's folder; without one there are neither groups nor points.
   *
   * @throws TrainingFailure if it cannot be read, or is not what the trainer wrote
   */
  public static StepTable read(Path runFolder) {
    Path file = runFolder.resolve(FILE);
    try {
      List<String> lines = Files.readAllLines(file);
      List<String> header = lines.isEmpty() ? List.of() : values(lines.get(0));
      List<String> groups =
          header.stream()
              .filter(column -> column.startsWith(RATE))
              .map(column -> column.substring(RATE.length()))
              .toList();
      List<StepPoint> points = lines.stream().skip(1).map(l -> point(values(l), groups)).toList();
      int stride = points.stream().mapToInt(StepPoint::steps).max().orElse(1);
      return new StepTable(groups, new StepCurve(stride, points));
    } catch (NoSuchFileException e) {
      return new StepTable(List.of(), StepCurve.NONE);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw TrainingFailure.badConfiguration(
          "%s is not what the trainer wrote: %s".formatted(file, e.getMessage()));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  private static List<String> values(String line) {
    return List.of(line.split(",", -1));
  }

  private static StepPoint point(List<String> values, List<String> groups) {
    List<StepPoint.Level> levels = new ArrayList<>();
    int at = 4;
    for (int i = 0; i < groups.size(); i++) {
      Double rate = number(values.get(at + i));
      Double gradients = number(values.get(at + groups.size() + i));
      levels.add(
          new StepPoint.Level(
              rate == null ? Double.NaN : rate,
              gradients == null ? Double.NaN : gradients,
              number(values.get(at + 2 * groups.size() + i))));
    }
    at += 3 * groups.size();
    int steps = Integer.parseInt(values.get(1));
    Long resident = whole(values.get(at + 3));
    Long peak = whole(values.get(at + 4));
    return new StepPoint(
        Long.parseLong(values.get(0)),
        steps,
        Double.parseDouble(values.get(2)) * steps,
        Double.parseDouble(values.get(3)),
        levels,
        whole(values.get(at)),
        Double.parseDouble(values.get(at + 1)),
        Double.parseDouble(values.get(at + 2)),
        resident == null || peak == null
            ? null
            : new StepPoint.Memory(resident, peak, whole(values.get(at + 5))));
  }

  private static @Nullable Double number(String text) {
    return text.isEmpty() ? null : Double.valueOf(text);
  }

  private static @Nullable Long whole(String text) {
    return text.isEmpty() ? null : Long.valueOf(text);
  }
}
