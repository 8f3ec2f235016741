package training.fusion.trainer.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.checkpoint.JsonFile;

/**
 * The content of {@code metrics.json}: what the trained model does, class by class.
 *
 * @param classes names, in the order of the matrices: their labels count from 0
 * @param validation absent if {@code split.validation} is 0; then test chose the model
 * @param ema what the moving average of the weights does; absent without one
 * @param skippedPictures damaged ones that no part of the data has; absent if none
 * @param note what a reader must know about the figures; absent if nothing
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record MetricsFile(
    List<String> classes,
    @Nullable DetailedMetrics validation,
    DetailedMetrics test,
    @Nullable Average ema,
    @Nullable Integer skippedPictures,
    @Nullable String note) {
  public static final String FILE = "metrics.json";

  public MetricsFile {
    classes = List.copyOf(classes);
    Objects.requireNonNull(test, "test");
    if (test.confusionMatrix().classes() != classes.size()) {
      throw new IllegalArgumentException("the matrix has another number of classes");
    }
  }

  /**
   * The averaged weights' figures.
   *
   * @param model the file that they are in; the other figures are those of {@link ModelFile#NAME}
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Average(String model, @Nullable DetailedMetrics validation, DetailedMetrics test) {}

  /** What a run's folder has; empty before the run is trained to its end. */
  public static Optional<MetricsFile> read(Path runFolder) {
    return JsonFile.readOrPassOver(runFolder.resolve(FILE), MetricsFile.class);
  }

  /** Writes the file into the run's folder. */
  public void write(Path runFolder) {
    JsonFile.write(runFolder.resolve(FILE), this);
  }
}
