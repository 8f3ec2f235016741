package training.fusion.trainer.format;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import training.fusion.trainer.FileName;

/** Sentences about what a data set's folder holds and is not used. */
final class Remarks {
  private static final int MOST_NAMED = 3;

  private Remarks() {}

  /**
   * That paths are left out, how many, why, and the first of them; empty if there are none.
   *
   * @param what they are: files, or pictures
   */
  static Optional<String> leftOut(List<Path> paths, Path folder, String what, String why) {
    if (paths.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        "%d %s left out, since they %s: %s"
            .formatted(
                paths.size(),
                what,
                why,
                paths.stream()
                        .limit(MOST_NAMED)
                        .map(path -> FileName.text(relative(folder, path)).orElse(path.toString()))
                        .collect(Collectors.joining(", "))
                    + (paths.size() > MOST_NAMED ? " …" : "")));
  }

  private static Path relative(Path folder, Path path) {
    return path.startsWith(folder) ? folder.relativize(path) : path;
  }
}
