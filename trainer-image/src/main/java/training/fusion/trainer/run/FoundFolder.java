package training.fusion.trainer.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import training.fusion.api.run.RunConfiguration;
import training.fusion.api.run.RunResult;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.report.ResultFile;

/**
 * A run's folder as this process found it. What is refused before the run is opened leaves the
 * folder so: what was made for it goes again.
 *
 * @param made what was not there before, the innermost first
 */
record FoundFolder(List<Path> made) {
  /**
   * Makes the folder if it is not there.
   *
   * @throws TrainingFailure if another run was trained to its end in it, or it cannot be made
   */
  static FoundFolder open(Path folder, RunConfiguration run) {
    ResultFile.read(folder)
        .filter(result -> result.failure() == null && !result.runKey().equals(run.runKey()))
        .ifPresent(result -> refuse(folder, run, result));
    List<Path> made = new ArrayList<>();
    Path lock = folder.toAbsolutePath().resolve("lock");
    for (Path path = lock; path != null && !Files.exists(path); path = path.getParent()) {
      made.add(path);
    }
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw Durable.failure(folder, e);
    }
    return new FoundFolder(made);
  }

  private static void refuse(Path folder, RunConfiguration run, RunResult result) {
    throw TrainingFailure.badConfiguration(
        "%s holds run %s, which was trained to its end, and this is run %s: give it a folder of its own by --output; nothing was changed"
            .formatted(folder, result.runKey(), run.runKey()));
  }

  /** Removes what was made and holds nothing. */
  void leave() {
    for (Path path : made) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        return; // something was kept in it
      }
    }
  }
}
