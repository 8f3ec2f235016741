package training.fusion.trainer.data;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.api.Dataset;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;

/**
 * A CSV file with a picture's path and its class in each line.
 *
 * @param columns which were taken, in a sentence, where there were more; null: there were two
 */
record LabelTable(Path file, List<Row> rows, @Nullable String columns) {
  /**
   * A line of the file.
   *
   * @param line its number, from 1
   */
  record Row(int line, String path, String label) {}

  private record Cells(int line, List<String> values) {}

  private static final String SEPARATORS = ",;\t ";
  private static final long MOST_BYTES = 1L << 29;

  /**
   * Reads it.
   *
   * @throws TrainingFailure naming the file and the line that is not as expected
   */
  static LabelTable read(Path file, Dataset.Labels labels) {
    List<Cells> lines = lines(file);
    if (lines.isEmpty()) {
      throw TrainingFailure.badData("%s is empty".formatted(file));
    }
    List<String> first = lines.get(0).values;
    LabelColumns columns = LabelColumns.of(file, first, labels);
    List<Row> rows = new ArrayList<>();
    for (Cells cells : lines.subList(columns.named() ? 1 : 0, lines.size())) {
      if (cells.values.size() <= Math.max(columns.path(), columns.label())) {
        throw TrainingFailure.badData(
            "%s, line %d has %d fields, and the first line %d; quote fields that have a separator in them"
                .formatted(file, cells.line, cells.values.size(), first.size()));
      }
      String path = cells.values.get(columns.path()).strip();
      String label = cells.values.get(columns.label()).strip();
      if (path.isEmpty() || label.isEmpty()) {
        throw TrainingFailure.badData(
            "%s, line %d has no %s".formatted(file, cells.line, path.isEmpty() ? "path" : "class"));
      }
      rows.add(new Row(cells.line, path, label));
    }
    if (rows.isEmpty()) {
      throw TrainingFailure.badData("%s has no pictures".formatted(file));
    }
    return new LabelTable(file, rows, columns.told(file, first));
  }

  private static List<Cells> lines(Path file) {
    try {
      PlainFile.check(file);
      if (Files.size(file) > MOST_BYTES) {
        throw TrainingFailure.badData(
            "%s has more than %d bytes; it is no table of pictures".formatted(file, MOST_BYTES));
      }
      String text = Files.readString(file).replace("\uFEFF", "");
      return parsed(text);
    } catch (CharacterCodingException e) {
      throw TrainingFailure.badData("%s is not in UTF-8; save it so".formatted(file));
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(file));
    } catch (com.fasterxml.jackson.core.JacksonException e) {
      throw TrainingFailure.badData(
          "%s, line %d is no CSV: %s"
              .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  private static List<Cells> parsed(String text) throws IOException {
    var factory =
        CsvFactory.builder()
            .enable(CsvParser.Feature.WRAP_AS_ARRAY)
            .enable(CsvParser.Feature.TRIM_SPACES)
            .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
            .build();
    List<Cells> lines = new ArrayList<>();
    try (CsvParser parser = factory.createParser(text)) {
      parser.setSchema(CsvSchema.emptySchema().withColumnSeparator(separator(text)));
      List<String> values = new ArrayList<>();
      int line = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          line = values.isEmpty() ? parser.currentTokenLocation().getLineNr() : line;
          values.add(parser.getText());
        } else if (token == JsonToken.END_ARRAY && !values.isEmpty()) {
          if (values.stream().anyMatch(value -> !value.isBlank())) {
            lines.add(new Cells(line, List.copyOf(values)));
          }
          values.clear();
        }
      }
    }
    return lines;
  }

  /** The first of comma, semicolon, tab and blank that the first line has. */
  private static char separator(String text) {
    String first = text.lines().findFirst().orElse("");
    int found =
        SEPARATORS
            .chars()
            .filter(separator -> first.indexOf(separator) >= 0)
            .findFirst()
            .orElse(',');
    return (char) found;
  }
}
