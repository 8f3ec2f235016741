package training.fusion.trainer.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import training.fusion.trainer.TrainingFailure;

/**
 * {@code history.csv} as it is read again: columns by name, one row per epoch.
 *
 * @param columns names, see {@link HistoryTable}
 * @param rows one text per column
 */
public record History(List<String> columns, List<List<String>> rows) {

  /**
   * Reads the file of a run's folder; without one there are no rows.
   *
   * @throws TrainingFailure if it cannot be read, or a line has too few values
   */
  public static History read(Path runFolder) {
    Path file = runFolder.resolve(HistoryTable.FILE);
    try {
      List<List<String>> lines =
          Files.readAllLines(file).stream().map(line -> List.of(line.split(",", -1))).toList();
      if (lines.isEmpty() || lines.stream().anyMatch(line -> line.size() != lines.get(0).size())) {
        throw TrainingFailure.badConfiguration(
            "%s is not what the trainer wrote: its lines differ in length".formatted(file));
      }
      return new History(lines.get(0), lines.subList(1, lines.size()));
    } catch (NoSuchFileException e) {
      return new History(List.of(), List.of());
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  /** Number of epochs. */
  public int epochs() {
    return rows.size();
  }

  /** Whether there is such a column. */
  public boolean has(String column) {
    return columns.contains(column);
  }

  /** The last value of a column; NaN without rows. */
  public double newest(String column) {
    return rows.isEmpty() ? Double.NaN : values(column)[rows.size() - 1];
  }

  /** Names of the columns that begin so. */
  public List<String> beginningWith(String prefix) {
    return columns.stream().filter(column -> column.startsWith(prefix)).toList();
  }

  /** A column's values; NaN where none was written. */
  public double[] values(String column) {
    int index = columns.indexOf(column);
    return rows.stream().mapToDouble(row -> number(row.get(index))).toArray();
  }

  /** Sum of a column; 0 without rows. */
  public double sum(String column) {
    return has(column) ? Arrays.stream(values(column)).sum() : 0;
  }

  private static double number(String text) {
    try {
      return text.isEmpty() ? Double.NaN : Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw TrainingFailure.badConfiguration(
          "history.csv is not what the trainer wrote: %s is no number".formatted(text));
    }
  }
}
