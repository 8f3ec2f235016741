package training.fusion.local;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import training.fusion.api.ClaimPath;
import training.fusion.api.resource.FusionTraining;
import training.fusion.console.NewestRun;
import training.fusion.local.node.Claims;

/**
 * Where on this machine runs lie, whose folders are named by keys, and the links by which people
 * find them.
 *
 * @param output the launcher's folder, in which the links are
 */
record RunPlaces(Path output, Claims claims) {
  /** The folder of a training's run; empty: it keeps none, or has none yet. */
  Optional<Path> folder(FusionTraining training) {
    var checkpoint = training.getSpec().checkpoint();
    String key = training.getStatus() == null ? null : training.getStatus().runKey();
    if (checkpoint == null || checkpoint.volume() == null || key == null) {
      return Optional.empty();
    }
    ClaimPath claim = checkpoint.volume().persistentVolumeClaim();
    if (claim == null || !Claims.isName(claim.claimName())) {
      return Optional.empty();
    }
    Path volume = claims.place(claim.claimName());
    Path folder = claim.path() == null ? volume : volume.resolve(claim.path());
    return Optional.of(folder.resolve(key)).filter(Files::isDirectory);
  }

  /** Points the training's link at its run. */
  void link(FusionTraining training) {
    folder(training)
        .ifPresent(
            run -> {
              try {
                NewestRun.link(output, training.getMetadata().getName(), run);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  /** A run for people: the training's link if it leads there, else the folder. */
  Path shown(FusionTraining training, Path run) {
    Path link = output.resolve(training.getMetadata().getName());
    try {
      return Files.isSymbolicLink(link) && Files.isSameFile(link, run) ? link : run;
    } catch (IOException e) {
      return run; // the link leads nowhere
    }
  }
}
