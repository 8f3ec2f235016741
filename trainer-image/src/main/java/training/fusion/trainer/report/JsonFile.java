package training.fusion.trainer.report;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;

/** The JSON files of a run's folder. */
public final class JsonFile {
  /** What a later version adds does not keep this one from reading. */
  private static final ObjectMapper JSON =
      new ObjectMapper().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES);

  private JsonFile() {}

  /**
   * Writes a file, as one step.
   *
   * @throws TrainingFailure if it cannot be written
   */
  public static void write(Path file, Object value) {
    try {
      Durable.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(value) + "\n");
    } catch (IOException e) {
      throw Durable.failure(file, e);
    }
  }

  /**
   * Reads a file; empty if there is none.
   *
   * @throws TrainingFailure if it is not what the trainer wrote
   */
  public static <T> Optional<T> read(Path file, Class<T> type) {
    try {
      return Optional.of(JSON.readValue(Files.readString(file), type));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (JacksonException e) {
      throw TrainingFailure.badConfiguration(
          "%s is not what the trainer wrote: %s; it was changed, or is of another version"
              .formatted(file, e.getOriginalMessage()));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }
}
