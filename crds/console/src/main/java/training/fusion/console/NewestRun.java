package training.fusion.console;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Set;

/** The link {@code output/NAME}, by which people find the newest run of a name. */
public final class NewestRun {
  /** Folder in which {@code ./fusion train} keeps runs. */
  public static final String RUNS = "runs";

  /** What else lies there, or may later. */
  private static final Set<String> TAKEN = Set.of(RUNS, "volumes", "logs", "pods");

  private NewestRun() {}

  /**
   * Points the link at a run's folder. What else may have the name, such as a sweep's report,
   * stays.
   *
   * @return whether the link is there
   */
  public static boolean link(Path output, String name, Path run) throws IOException {
    Path link = output.resolve(name);
    if (TAKEN.contains(name)
        || (Files.exists(link, LinkOption.NOFOLLOW_LINKS) && !Files.isSymbolicLink(link))) {
      return false;
    }
    Path from = output.toRealPath();
    Path to = run.toRealPath();
    Path target = to.startsWith(from) ? from.relativize(to) : to;
    if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
      return true;
    }
    Path made = output.resolve(".newest-" + name);
    Files.deleteIfExists(made);
    try {
      Files.createSymbolicLink(made, target);
    } catch (UnsupportedOperationException e) {
      return false; // a file system without links
    }
    Files.move(made, link, StandardCopyOption.ATOMIC_MOVE);
    return true;
  }
}
