package training.fusion.local;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import training.fusion.api.ClaimPath;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.FusionTrainingStatus;
import training.fusion.local.node.Claims;

/**
 * Whether a run that was not trained to its end has left anything to go on from. Whoever was
 * stopped with the launcher could not tell the operator, so the run's own folder is asked.
 */
final class KeptWork {
  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint-\\d{1,9}-\\d{1,18}");

  private KeptWork() {}

  /** A stored training, as one that has not begun where nothing is left of what it had begun. */
  static FusionTraining asItIs(FusionTraining training, Claims claims) {
    FusionTrainingStatus status = training.getStatus();
    if (status == null
        || status.begun() == null
        || status.completionTime() != null
        || newest(training, claims).isPresent()) {
      return training;
    }
    ObjectNode tree = Serialization.jsonMapper().valueToTree(training);
    tree.withObject("/status").remove("begun");
    return Serialization.unmarshal(tree.toString(), FusionTraining.class);
  }

  /** The name of the run's newest checkpoint; empty: nothing is kept. */
  static Optional<String> newest(FusionTraining training, Claims claims) {
    var checkpoint = training.getSpec().checkpoint();
    FusionTrainingStatus status = training.getStatus();
    String key = status == null ? null : status.runKey();
    if (checkpoint == null || checkpoint.volume() == null || key == null) {
      return Optional.empty(); // scratch space goes with its process
    }
    ClaimPath claim = checkpoint.volume().persistentVolumeClaim();
    Path place = claims.place(claim.claimName());
    Path run = (claim.path() == null ? place : place.resolve(claim.path())).resolve(key);
    if (!Files.isDirectory(run)) {
      return Optional.empty();
    }
    try (Stream<Path> files = Files.list(run)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> CHECKPOINT.matcher(name).matches())
          .max(Comparator.comparingLong(name -> step(name)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long step(String checkpoint) {
    return Long.parseLong(checkpoint.substring(checkpoint.lastIndexOf('-') + 1));
  }
}
