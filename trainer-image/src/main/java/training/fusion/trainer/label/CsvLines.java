package training.fusion.trainer.label;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/**
 * Fields that are divided by commas, semicolons, tabs or blanks, in quotes where they need them.
 */
final class CsvLines implements TableLines {
  private static final String SEPARATORS = ",;\t ";
  private static final int LONGEST_FIRST = 1 << 16;
  private static final CsvFactory FACTORY =
      CsvFactory.builder()
          .enable(CsvParser.Feature.WRAP_AS_ARRAY)
          .enable(CsvParser.Feature.TRIM_SPACES)
          .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
          .build();

  private final Path file;
  private final CsvParser parser;

  private CsvLines(Path file, CsvParser parser) {
    this.file = file;
    this.parser = parser;
  }

  static CsvLines of(Path file, BufferedReader text) throws IOException {
    text.mark(LONGEST_FIRST);
    char[] first = new char[LONGEST_FIRST - 1];
    int length = Math.max(0, text.read(first));
    text.reset();
    CsvParser parser = FACTORY.createParser(text);
    parser.setSchema(
        CsvSchema.emptySchema().withColumnSeparator(separator(new String(first, 0, length))));
    return new CsvLines(file, parser);
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

  @Override
  public boolean isNamed() {
    return false;
  }

  @Override
  public @Nullable Cells next() throws IOException {
    try {
      List<String> values = new ArrayList<>();
      int line = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.VALUE_STRING) {
          line = values.isEmpty() ? parser.currentTokenLocation().getLineNr() : line;
          values.add(parser.getText());
        } else if (token == JsonToken.END_ARRAY && !values.isEmpty()) {
          if (values.stream().anyMatch(value -> !value.isBlank())) {
            return new Cells(line, values);
          }
          values.clear();
        }
      }
      return null;
    } catch (JacksonException e) {
      throw TrainingFailure.badData(
          "%s, line %d is no CSV: %s"
              .formatted(file, e.getLocation().getLineNr(), e.getOriginalMessage()));
    }
  }
}
