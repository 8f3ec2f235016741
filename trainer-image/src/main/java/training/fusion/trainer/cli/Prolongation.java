package training.fusion.trainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import training.fusion.trainer.checkpoint.Durable;

/**
 * What a run's folder held before the run was prolonged: a run that is refused then, for its data
 * or its configuration, is as it was.
 *
 * @param files content by name; absent: there was none
 * @param checkpoints names of those that there were
 */
record Prolongation(Path folder, Map<String, Optional<String>> files, Set<String> checkpoints) {
  private static final List<String> FILES =
      List.of("configuration.json", "further.json", "result.json");

  /** The folder as it is now. */
  static Prolongation of(Path folder) throws IOException {
    Map<String, Optional<String>> files = new TreeMap<>();
    for (String name : FILES) {
      Path file = folder.resolve(name);
      files.put(name, Files.exists(file) ? Optional.of(Files.readString(file)) : Optional.empty());
    }
    return new Prolongation(folder, files, checkpoints(folder));
  }

  /** Puts back what was there, unless the run has been trained further since. */
  void undo() throws IOException {
    if (!checkpoints(folder).equals(checkpoints)) {
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

  private static Set<String> checkpoints(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(path -> path.getFileName().toString())
          .filter(name -> name.startsWith("checkpoint-"))
          .collect(Collectors.toUnmodifiableSet());
    }
  }
}
