package training.fusion.trainer.report;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.checkpoint.JsonFile;
import training.fusion.trainer.data.DatasetDigest;
import training.fusion.trainer.data.Division;
import training.fusion.trainer.data.ImageData;
import training.fusion.trainer.listing.FolderReading;
import training.fusion.trainer.module.DescribedModule;

/**
 * The content of {@code run.json}: what a run found when it began, beside its configuration.
 *
 * @param device what computes: cpu, or cuda:0
 * @param threads of one operation on the CPU
 * @param optimization which blocks are updated how, in a line
 * @param data folder of the data set's files
 * @param classes names, in the order of the logits
 * @param train images to train on
 * @param validation images to validate on; 0 if each epoch is evaluated on test
 * @param test images to test on
 * @param skipped damaged pictures that are left out
 * @param classWeights of the training loss; absent: all classes count alike
 * @param dataset what is in the parts; absent in those of older trainers
 * @param reading of the data set's folder, which the run keeps to; absent: it began before that was
 *     noted
 * @param remarks of {@link ImageData#remarks}; absent: as above
 * @param module what somebody's own network is; absent: the network is known by name
 * @param division by which rules the data set was divided, which the run keeps to; absent: as above
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record RunDescription(
    Software software,
    String device,
    int threads,
    String optimization,
    String data,
    List<String> classes,
    int train,
    int validation,
    int test,
    int skipped,
    @Nullable List<Double> classWeights,
    @Nullable DatasetDigest dataset,
    @Nullable FolderReading reading,
    @Nullable List<String> remarks,
    @Nullable Division division,
    @Nullable DescribedModule module) {
  public static final String FILE = "run.json";

  public RunDescription {
    Objects.requireNonNull(software, "software");
    Objects.requireNonNull(device, "device");
    Objects.requireNonNull(optimization, "optimization");
    Objects.requireNonNull(data, "data");
    classes = List.copyOf(classes);
  }

  /** What an earlier pod, or an earlier process, of a run has written. */
  public static Optional<RunDescription> read(Path runFolder) {
    return JsonFile.readOrPassOver(runFolder.resolve(FILE), RunDescription.class);
  }

  /** How the run's data set was read when it began. */
  public FolderReading begunWith() {
    return reading == null ? FolderReading.BEFORE_IT_WAS_NOTED : reading;
  }

  /** How the run's data set was divided when it began. */
  public Division dividedBy() {
    return division == null ? Division.BEFORE_IT_WAS_NOTED : division;
  }

  /** Writes the file into the run's folder. */
  public void write(Path runFolder) {
    JsonFile.write(runFolder.resolve(FILE), this);
  }
}
