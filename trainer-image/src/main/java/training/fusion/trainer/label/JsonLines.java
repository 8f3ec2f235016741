package training.fusion.trainer.label;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/** A JSON object in each line; the first one's keys are the columns. */
final class JsonLines implements TableLines {
  private static final ObjectReader JSON =
      JsonMapper.builder().build().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Path file;
  private final BufferedReader text;
  private final List<String> columns = new ArrayList<>();
  private @Nullable JsonNode first;
  private int number;

  JsonLines(Path file, BufferedReader text) {
    this.file = file;
    this.text = text;
  }

  @Override
  public boolean isNamed() {
    return true;
  }

  @Override
  public @Nullable Cells next() throws IOException {
    if (columns.isEmpty()) {
      first = read();
      if (first != null) {
        first.fieldNames().forEachRemaining(columns::add);
      }
      return first == null ? null : new Cells(number, columns);
    }
    JsonNode object = first == null ? read() : first;
    first = null;
    return object == null ? null : new Cells(number, values(object));
  }

  private @Nullable JsonNode read() throws IOException {
    for (String line = text.readLine(); line != null; line = text.readLine()) {
      number++;
      if (!line.isBlank()) {
        return object(line);
      }
    }
    return null;
  }

  private JsonNode object(String line) {
    String why = "";
    try {
      JsonNode read = JSON.readTree(line);
      if (read.isObject() && !read.isEmpty()) {
        return read;
      }
    } catch (JacksonException e) {
      why = ": " + e.getOriginalMessage();
    }
    throw TrainingFailure.badData(
        "%s, line %d is no JSON object with a path and a class%s; one is expected in each line"
            .formatted(file, number, why));
  }

  private List<String> values(JsonNode object) {
    List<String> values = new ArrayList<>();
    for (String column : columns) {
      JsonNode value = object.path(column);
      // what is neither text nor a whole number is told where the column is needed
      values.add(value.isTextual() || value.isIntegralNumber() ? value.asText() : "");
    }
    return values;
  }
}
