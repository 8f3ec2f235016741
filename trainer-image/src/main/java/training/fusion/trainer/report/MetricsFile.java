package training.fusion.trainer.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.checkpoint.Durable;

/**
 * The content of {@code metrics.json}: what the trained model does, class by class.
 *
 * @param classes names, in the order of the matrices
 * @param validation absent if {@code split.validation} is 0; then test chose the model
 * @param note what a reader must know about the figures; absent if nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MetricsFile(
    List<String> classes,
    @Nullable DetailedMetrics validation,
    DetailedMetrics test,
    @Nullable String note) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Writes the file into the run's folder. */
  public void write(Path runFolder) {
    Path file = runFolder.resolve("metrics.json");
    try {
      Durable.write(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(this) + "\n");
    } catch (IOException e) {
      throw Durable.failure(file, e);
    }
  }
}
