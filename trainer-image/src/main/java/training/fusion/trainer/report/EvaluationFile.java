package training.fusion.trainer.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.checkpoint.JsonFile;
import training.fusion.trainer.data.Part;

/**
 * The content of {@code evaluation.json}: the newest evaluation that an epoch is chosen by, in
 * full, and the images that were mistaken worst. Of a run that is trained to its end it is that of
 * its model.
 *
 * @param metrics figures and confusion matrix
 * @param worst by their loss, the highest first
 */
public record EvaluationFile(DetailedMetrics metrics, List<Shown> worst) {
  public static final String FILE = "evaluation.json";

  public EvaluationFile {
    Objects.requireNonNull(metrics, "metrics");
    worst = List.copyOf(worst);
  }

  /**
   * An image that was taken for another class.
   *
   * @param name file, sample or place in the data set
   * @param label its class, counted from 0
   * @param prediction what it was taken for
   * @param probability of that
   * @param picture as an address that has all in it; absent if there is none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Shown(
      String name,
      int label,
      int prediction,
      double loss,
      double probability,
      @Nullable String picture) {
    public Shown {
      Objects.requireNonNull(name, "name");
    }

    /** Whether its classes are among so many. */
    public boolean isAmong(int classes) {
      return label >= 0 && label < classes && prediction >= 0 && prediction < classes;
    }

    private static Shown of(Part part, WorstMistakes.Mistake mistake) {
      return new Shown(
          part.source().name(part.image(mistake.number())),
          mistake.label(),
          mistake.prediction(),
          mistake.loss(),
          mistake.probability(),
          null);
    }

    private static Shown of(Part part, WorstMistakes.Mistake mistake, Map<String, String> known) {
      Shown named = of(part, mistake);
      String before = known.get(named.name);
      String picture =
          before != null
              ? before
              : Thumbnail.of(part.source(), part.image(mistake.number())).orElse(null);
      return new Shown(
          named.name, named.label, named.prediction, named.loss, named.probability, picture);
    }
  }

  /**
   * Of a part of the data. A picture is decoded anew only if it was not among the worst before.
   *
   * @param before the same run's; absent: none
   */
  public static EvaluationFile of(EvaluatedPart found, Part part, @Nullable EvaluationFile before) {
    Map<String, String> known = new HashMap<>();
    for (Shown image : before == null ? List.<Shown>of() : before.worst) {
      String picture = image.picture;
      if (picture != null) {
        known.put(image.name, picture);
      }
    }
    return new EvaluationFile(
        found.metrics(),
        found.worst().parallelStream().map(mistake -> Shown.of(part, mistake, known)).toList());
  }

  /** Of a part of the data whose pictures are nobody's to see: of the worst the names alone. */
  public static EvaluationFile withoutPictures(EvaluatedPart found, Part part) {
    return new EvaluationFile(
        found.metrics(), found.worst().stream().map(mistake -> Shown.of(part, mistake)).toList());
  }

  /** What a run's folder has; empty before the first epoch is evaluated. */
  public static Optional<EvaluationFile> read(Path runFolder) {
    return JsonFile.readOrPassOver(runFolder.resolve(FILE), EvaluationFile.class);
  }

  /** Writes the file into the run's folder. */
  public void write(Path runFolder) {
    JsonFile.write(runFolder.resolve(FILE), this);
  }
}
