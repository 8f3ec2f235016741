package training.fusion.trainer.data;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import training.fusion.api.run.RunEnvironment;
import training.fusion.trainer.Scratch;
import training.fusion.trainer.TrainingFailure;

/**
 * Where decoded pictures may be kept.
 *
 * @param scratch folder for those of this process alone
 * @param shared folder for those of all trainings on this machine; null: there is none
 * @param bytes that all in {@code shared} may have
 */
public record PictureRoom(Path scratch, @Nullable Path shared, long bytes) {
  /** What trainings share at most, where nobody has said it: 190,000 pictures at 244 pixels. */
  private static final long MOST = 32L << 30;

  /**
   * As environment variables say.
   *
   * @throws TrainingFailure BadConfiguration, naming the variable that is no number of bytes
   */
  public static PictureRoom of(Map<String, String> environment) {
    String shared = environment.get(RunEnvironment.PICTURES);
    String bytes = environment.get(RunEnvironment.PICTURES_BYTES);
    return new PictureRoom(
        Scratch.folder(),
        shared == null ? null : Path.of(shared),
        bytes == null ? MOST : number(bytes));
  }

  private static long number(String bytes) {
    if (bytes.matches("[0-9]{1,18}")) {
      return Long.parseLong(bytes);
    }
    throw TrainingFailure.badConfiguration(
        "%s is a number of bytes, such as 34359738368, and not %s; 0 keeps none for other trainings"
            .formatted(RunEnvironment.PICTURES_BYTES, bytes));
  }
}
