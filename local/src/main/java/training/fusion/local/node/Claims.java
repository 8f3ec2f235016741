package training.fusion.local.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The folders that stand for persistent volume claims.
 *
 * @param given folders by claim, from {@code --volume}
 * @param samples folder in which a claim without one is looked for by its name
 * @param made folder in which one is made for a claim that is written to
 */
public record Claims(Map<String, Path> given, Path samples, Path made) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");

  /** A claim for which no folder stands; the message says how to give one. */
  public static final class NoSuchFolder extends Exception {
    private static final long serialVersionUID = 1;

    NoSuchFolder(String message) {
      super(message);
    }
  }

  /** Whether a claim may be called so in Kubernetes: no path, so that it leads out of no folder. */
  public static boolean isName(String claim) {
    return NAME.matcher(claim).matches();
  }

  /** For the end of a sentence that begins with the claim's field. */
  public static String refusal(String claim) {
    return "%s is no claim's name, which has small letters, digits, '-' and '.'; a folder of this machine is named by --volume CLAIM=PATH alone"
        .formatted(claim);
  }

  /**
   * The folder of a claim.
   *
   * @param readOnly whether the pod only reads it: then it has to be there
   */
  public Path folder(String claim, boolean readOnly) throws NoSuchFolder, IOException {
    Optional<String> problem = problem(claim, "", readOnly);
    if (problem.isPresent()) {
      throw new NoSuchFolder(problem.get());
    }
    return Files.createDirectories(place(claim)).toRealPath();
  }

  /** Where a claim's folder is, or would be made. */
  public Path place(String claim) {
    Path sample = samples.resolve(claim);
    Path unnamed = Files.isDirectory(sample) ? sample : made.resolve(claim);
    return given.getOrDefault(claim, unnamed);
  }

  /**
   * Why a claim has no folder that would do; empty: it has, or one can be made. Nothing is made.
   *
   * @param path of a folder in it, or a file; empty: all of it
   * @param readOnly whether the pod only reads it: then all has to be there
   */
  public Optional<String> problem(String claim, String path, boolean readOnly) {
    if (!isName(claim)) {
      return Optional.of(refusal(claim));
    }
    Path folder = given.get(claim);
    Path sample = samples.resolve(claim);
    if (folder != null && !Files.isDirectory(folder)) {
      return Optional.of(
          "claim %s: %s is no folder; give one with --volume %s=PATH"
              .formatted(claim, folder, claim));
    }
    if (folder == null && readOnly && !Files.isDirectory(sample)) {
      return Optional.of(
          "claim %s has no folder on this machine: %s does not exist; give one with --volume %s=PATH"
              .formatted(claim, sample, claim));
    }
    Path below = place(claim).resolve(path);
    return readOnly && !Files.exists(below)
        ? Optional.of("claim %s: there is no %s".formatted(claim, below))
        : Optional.empty();
  }
}
