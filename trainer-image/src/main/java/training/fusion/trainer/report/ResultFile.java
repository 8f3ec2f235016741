package training.fusion.trainer.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.InWords;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.checkpoint.JsonFile;

/**
 * The result in its two places: whole in {@code result.json} of the run's folder, where it outlives
 * the pod, and short in the container's termination message.
 *
 * @param messageFile null: there is no one to read it
 */
public record ResultFile(Path runFolder, @Nullable Path messageFile) {
  private static final Logger LOG = LoggerFactory.getLogger(ResultFile.class);
  public static final String FILE = "result.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The result of this run if it was trained to its end before. */
  public Optional<RunResult> finished(String runKey) {
    return read(runFolder)
        .filter(result -> result.failure() == null && result.runKey().equals(runKey));
  }

  /** What a run's folder says; what says neither success nor failure is passed over, in words. */
  public static Optional<RunResult> read(Path runFolder) {
    Path file = runFolder.resolve(FILE);
    Optional<RunResult> read = JsonFile.readOrPassOver(file, RunResult.class);
    if (read.isPresent() && !isWhole(read.get())) {
      LOG.warn("{} lacks what a result has and is passed over", file);
      return Optional.empty();
    }
    return read;
  }

  private static boolean isWhole(RunResult result) {
    RunResult.Failure failure = result.failure();
    return result.runKey() != null
        && (failure == null
            ? result.test() != null
            : failure.reason() != null && failure.message() != null);
  }

  /**
   * Tells that the run was trained to its end.
   *
   * @throws TrainingFailure if it cannot be written
   */
  public void writeSuccess(RunResult result) {
    try {
      Durable.write(file(), toJson(result));
    } catch (IOException e) {
      throw Durable.failure(file(), e);
    }
    writeMessage(result);
  }

  /** Tells how this pod failed, as far as that can be told; never throws. */
  public void writeFailure(RunResult result) {
    try {
      if (Files.isDirectory(runFolder) && finished(result.runKey()).isEmpty()) {
        Durable.write(file(), toJson(result));
      }
    } catch (IOException | TrainingFailure e) {
      LOG.warn("{} cannot be written: {}", file(), InWords.of(e));
    }
    writeMessage(result);
  }

  /** Writes the termination message only. */
  public void writeMessage(RunResult result) {
    if (messageFile == null) {
      return;
    }
    try {
      // in place: the kubelet reads this very file, which is mounted into the container
      Files.writeString(messageFile, ShortResult.of(result));
    } catch (IOException e) {
      LOG.warn("the termination message {} cannot be written: {}", messageFile, InWords.of(e));
    }
  }

  private Path file() {
    return runFolder.resolve(FILE);
  }

  private static String toJson(RunResult result) throws JsonProcessingException {
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(result) + "\n";
  }
}
