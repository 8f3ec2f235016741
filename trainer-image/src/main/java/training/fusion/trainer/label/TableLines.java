package training.fusion.trainer.label;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/** A table's lines one after another, the first of which may name the columns. */
interface TableLines {
  /**
   * What a line holds.
   *
   * @param number of the line in the file, from 1
   * @param values of the columns, in their order
   */
  record Cells(int number, List<String> values) {}

  /**
   * The next line that is not empty; null after the last one.
   *
   * @throws TrainingFailure naming a line that is not as expected
   */
  @Nullable Cells next() throws IOException;

  /** Whether the first line that {@link #next} gives are names in any case. */
  boolean isNamed();

  /**
   * Lines of a file: JSON, if it begins with a brace, and else CSV.
   *
   * @param file for messages
   */
  static TableLines of(Path file, BufferedReader text) throws IOException {
    text.mark(1);
    if (text.read() != 0xFEFF) { // the mark of UTF-8, as spreadsheets write it
      text.reset();
    }
    text.mark(1);
    boolean json = text.read() == '{';
    text.reset();
    return json ? new JsonLines(file, text) : CsvLines.of(file, text);
  }
}
