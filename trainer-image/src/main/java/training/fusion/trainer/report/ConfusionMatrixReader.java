package training.fusion.trainer.report;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a confusion matrix by its cells, and as trainers before wrote it: a row for each class,
 * with its zeros. Neither is held whole.
 */
final class ConfusionMatrixReader extends JsonDeserializer<ConfusionMatrix> {

  /** More than any head has, and few enough for the memory that the sums over them take. */
  private static final int MOST_CLASSES = 1_000_000;

  /** What {@link ConfusionMatrix} is written as. */
  private static final class Columns {
    private final int size;
    private final int[] label;
    private final int[] prediction;
    private final long[] count;

    @JsonCreator
    Columns(
        @JsonProperty(value = "size", required = true) int size,
        @JsonProperty("label") int @Nullable [] label,
        @JsonProperty("prediction") int @Nullable [] prediction,
        @JsonProperty("count") long @Nullable [] count) {
      this.size = size;
      this.label = label == null ? new int[0] : label;
      this.prediction = prediction == null ? new int[0] : prediction;
      this.count = count == null ? new long[0] : count;
    }
  }

  @Override
  public ConfusionMatrix deserialize(JsonParser json, DeserializationContext context)
      throws IOException {
    try {
      return json.currentToken() == JsonToken.START_ARRAY
          ? rows(json, context)
          : columns(context.readValue(json, Columns.class));
    } catch (IllegalArgumentException e) {
      return otherwise(context);
    }
  }

  private static ConfusionMatrix columns(Columns columns) {
    int cells = columns.label.length;
    if (columns.prediction.length != cells
        || columns.count.length != cells
        || columns.size < 0
        || columns.size > MOST_CLASSES) {
      throw new IllegalArgumentException("no columns of one length, or too many classes");
    }
    var matrix = new ConfusionMatrix.Builder(columns.size, cells);
    for (int i = 0; i < cells; i++) {
      matrix.add(columns.label[i], columns.prediction[i], columns.count[i]);
    }
    return matrix.build();
  }

  /** How many classes there are, the first row tells. */
  private static ConfusionMatrix rows(JsonParser json, DeserializationContext context)
      throws IOException {
    List<Long> first = new ArrayList<>();
    json.nextToken();
    row(json, context, (prediction, count) -> first.add(count));
    var matrix = new ConfusionMatrix.Builder(first.size(), first.size());
    for (int prediction = 0; prediction < first.size(); prediction++) {
      add(matrix, 0, prediction, first.get(prediction));
    }
    int rows = 1;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      int label = rows++;
      int columns = row(json, context, (at, count) -> add(matrix, label, at, count));
      if (columns != first.size()) {
        return otherwise(context);
      }
    }
    return rows == first.size() ? matrix.build() : otherwise(context);
  }

  private interface Column {
    void counts(int prediction, long count);
  }

  /** The number of its columns. */
  private static int row(JsonParser json, DeserializationContext context, Column column)
      throws IOException {
    if (json.currentToken() != JsonToken.START_ARRAY) {
      otherwise(context);
    }
    int columns = 0;
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.VALUE_NUMBER_INT) {
        otherwise(context);
      }
      column.counts(columns++, json.getLongValue());
    }
    return columns;
  }

  private static void add(ConfusionMatrix.Builder matrix, int label, int prediction, long count) {
    if (count != 0) {
      matrix.add(label, prediction, count);
    }
  }

  private static ConfusionMatrix otherwise(DeserializationContext context) throws IOException {
    return context.reportInputMismatch(ConfusionMatrix.class, "no matrix of counts");
  }
}
