package training.fusion.trainer.profile;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The content of {@code profile.json}.
 *
 * @param epochs by their number; those that this process trained
 * @param training all steps of those
 */
public record ProfileFile(Map<Integer, StepTimes> epochs, StepTimes training) {
  /** In the run's folder. */
  public static final String NAME = "profile.json";

  public ProfileFile {
    epochs = Collections.unmodifiableMap(new LinkedHashMap<>(epochs));
  }
}
