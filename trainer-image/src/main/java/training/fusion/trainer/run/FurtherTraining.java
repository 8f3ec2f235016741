package training.fusion.trainer.run;

import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.checkpoint.JsonFile;

/**
 * {@code further.json} in a run's folder: that the run is trained further though early stopping had
 * ended it. Its patience counts anew from then on; the best epoch to be improved on stays.
 *
 * @param afterEpoch that it had ended with
 */
public record FurtherTraining(int afterEpoch) {
  private static final Logger LOG = LoggerFactory.getLogger(FurtherTraining.class);
  public static final String FILE = "further.json";

  /** The epoch after which patience counts: 0 if the run was never trained further. */
  static int afterEpoch(Path runFolder) {
    return JsonFile.readOrPassOver(runFolder.resolve(FILE), FurtherTraining.class)
        .map(FurtherTraining::afterEpoch)
        .orElse(0);
  }

  /** Notes it, before the run goes on. */
  public void write(Path runFolder) {
    LOG.info("early stopping counts its patience anew after epoch {}", afterEpoch);
    JsonFile.write(runFolder.resolve(FILE), this);
  }
}
