package training.fusion.trainer.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.InWords;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;

/** The JSON files of a run's folder, on a volume that others may write to. */
public final class JsonFile {
  private static final Logger LOG = LoggerFactory.getLogger(JsonFile.class);

  /** What a later version adds does not keep this one from reading. */
  private static final ObjectMapper JSON =
      new ObjectMapper()
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private static final ObjectWriter WRITER =
      JSON.writerWithDefaultPrettyPrinter().without(JsonGenerator.Feature.AUTO_CLOSE_TARGET);

  private JsonFile() {}

  /** A file that is there and is not what the trainer wrote; the message says why. */
  static final class Foreign extends Exception {
    private static final long serialVersionUID = 1L;

    Foreign(String message) {
      super(message);
    }
  }

  /**
   * Writes a file, as one step.
   *
   * @throws TrainingFailure if it cannot be written
   */
  public static void write(Path file, Object value) {
    try {
      Durable.write(
          file,
          stream -> {
            WRITER.writeValue(stream, value);
            stream.write('\n');
          });
    } catch (IOException e) {
      throw Durable.failure(file, e);
    }
  }

  /**
   * Reads a file without which nothing can be done; empty if there is none.
   *
   * @throws TrainingFailure if it is not what the trainer wrote
   */
  public static <T> Optional<T> read(Path file, Class<T> type) {
    try {
      return Optional.of(parse(file, type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (Foreign e) {
      throw TrainingFailure.badConfiguration(
          "%s is not what the trainer wrote: %s; it was changed, or is of another version"
              .formatted(file, e.getMessage()));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  /**
   * Reads a file that can be done without: what is not what the trainer wrote is passed over, in
   * words.
   *
   * @throws TrainingFailure if it cannot be read now
   */
  public static <T> Optional<T> readOrPassOver(Path file, Class<T> type) {
    try {
      return Optional.of(parse(file, type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (Foreign e) {
      LOG.warn("{} is not what the trainer wrote and is passed over: {}", file, e.getMessage());
      return Optional.empty();
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  /** Never null, however the file spells that. */
  static <T> T parse(Path file, Class<T> type) throws IOException, Foreign {
    try {
      PlainFile.check(file);
      try (Reader text = Files.newBufferedReader(file)) {
        T value = JSON.readValue(text, type);
        if (value == null) {
          throw new Foreign("it says null");
        }
        return value;
      }
    } catch (JacksonException e) {
      if (e.getCause() instanceof IOException io && !(io instanceof JacksonException)) {
        if (io instanceof CharacterCodingException) {
          throw new Foreign(InWords.of(io));
        }
        throw io;
      }
      throw new Foreign(reason(e));
    } catch (PlainFile.Otherwise | CharacterCodingException e) {
      throw new Foreign(InWords.of(e));
    }
  }

  private static String reason(JacksonException e) {
    if (e instanceof JsonEOFException) {
      return "it ends too early";
    }
    if (e instanceof JsonParseException || !(e instanceof JsonMappingException mapping)) {
      return "it is not JSON";
    }
    String path =
        mapping.getPath().stream()
            .map(at -> at.getFieldName() == null ? "[" + at.getIndex() + "]" : at.getFieldName())
            .collect(Collectors.joining("."));
    return path.isEmpty()
        ? "it is of another kind, or a field of it is missing"
        : path + " is of another kind, or a part of it is missing";
  }
}
