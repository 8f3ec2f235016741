package training.fusion.trainer.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import training.fusion.trainer.cli.Prediction.Guess;
import training.fusion.trainer.label.ClassNames;

/** Writes predictions one after the other: of a million pictures none waits for the last. */
interface PredictionWriter extends AutoCloseable {
  /** Writes one. */
  void write(Prediction prediction) throws IOException;

  /** Writes what comes after the last. */
  @Override
  void close() throws IOException;

  /** How they are written. */
  enum Format {
    text,
    json,
    csv
  }

  /**
   * Begins.
   *
   * @param guesses classes of each picture
   */
  static PredictionWriter of(Format format, int guesses, PrintWriter out) throws IOException {
    return switch (format) {
      case text -> new Text(out);
      case json -> new Json(out);
      case csv -> new Csv(guesses, out);
    };
  }

  /** A line for each picture; who is no picture is told on standard error alone. */
  record Text(PrintWriter out) implements PredictionWriter {
    @Override
    public void write(Prediction prediction) {
      if (prediction.damage() == null) {
        out.printf("%s:", prediction.name());
        for (Guess guess : prediction.best()) {
          out.printf(
              Locale.ROOT,
              "  %s %.1f %%",
              ClassNames.told(guess.label()),
              100 * guess.probability());
        }
        out.println();
        out.flush();
      }
    }

    @Override
    public void close() {}
  }

  /** One object: for each file its guesses, or an object that says what is wrong with it. */
  final class Json implements PredictionWriter {
    private final PrintWriter out;
    private final JsonGenerator json;

    private Json(PrintWriter out) throws IOException {
      this.out = out;
      this.json =
          new JsonFactory(new ObjectMapper())
              .createGenerator(out)
              .disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)
              .useDefaultPrettyPrinter();
      json.writeStartObject();
    }

    @Override
    public void write(Prediction prediction) throws IOException {
      json.writeFieldName(prediction.name());
      if (prediction.damage() == null) {
        json.writePOJO(prediction.best());
      } else {
        json.writeStartObject();
        json.writeStringField("error", prediction.damage());
        json.writeEndObject();
      }
      json.flush();
    }

    @Override
    public void close() throws IOException {
      json.writeEndObject();
      json.close();
      out.println();
      out.flush();
    }
  }

  /** RFC 4180, with a header; all rows have the same columns, the last of which is for errors. */
  final class Csv implements PredictionWriter {
    private final int guesses;
    private final PrintWriter out;

    private Csv(int guesses, PrintWriter out) {
      this.guesses = guesses;
      this.out = out;
      var header = new ArrayList<>(List.of("file"));
      for (int i = 1; i <= guesses; i++) {
        header.addAll(List.of("class" + i, "probability" + i));
      }
      header.add("error");
      line(header);
    }

    @Override
    public void write(Prediction prediction) {
      var row = new ArrayList<>(List.of(prediction.name()));
      for (int i = 0; i < guesses; i++) {
        boolean has = i < prediction.best().size();
        row.add(has ? prediction.best().get(i).label() : "");
        row.add(
            has ? String.format(Locale.ROOT, "%.6f", prediction.best().get(i).probability()) : "");
      }
      row.add(Objects.requireNonNullElse(prediction.damage(), ""));
      line(row);
    }

    private void line(List<String> values) {
      out.print(values.stream().map(Csv::quoted).collect(Collectors.joining(",")) + "\r\n");
      out.flush();
    }

    private static String quoted(String value) {
      return value.matches("[^\",\r\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
    }

    @Override
    public void close() {}
  }
}
