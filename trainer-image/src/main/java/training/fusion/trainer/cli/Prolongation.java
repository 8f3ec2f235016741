package training.fusion.trainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import training.fusion.trainer.checkpoint.CheckpointStore;
import training.fusion.trainer.checkpoint.Durable;
import training.fusion.trainer.report.ConfigurationFile;
import training.fusion.trainer.report.ResultFile;
import training.fusion.trainer.run.FurtherTraining;

/**
 * What a run's folder held before the run was prolonged: a run that is refused then, for its data
 * or its configuration, is as it was.
 *
 * @param files content by name; absent: there was none
 * @param checkpoints that there were
 */
record Prolongation(Path folder, Map<String, Optional<String>> files, List<Path> checkpoints) {
  private static final List<String> FILES =
      List.of(ConfigurationFile.FILE, FurtherTraining.FILE, ResultFile.FILE);

  /** The folder as it is now. */
  static Prolongation of(Path folder) throws IOException {
    Map<String, Optional<String>> files = new TreeMap<>();
    for (String name : FILES) {
      Path file = folder.resolve(name);
      files.put(name, Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty());
    }
    return new Prolongation(folder, files, CheckpointStore.newestFirst(folder));
  }

  /** Puts back what was there, unless the run has been trained further since. */
  void undo() throws IOException {
    if (!CheckpointStore.newestFirst(folder).equals(checkpoints)) {
      return;
    }
    for (var file : files.entrySet()) {
      Path path = folder.resolve(file.getKey());
      if (file.getValue().isPresent()) {
        Durable.write(path, file.getValue().get());
      } else {
        Durable.delete(path);
      }
    }
  }
}
