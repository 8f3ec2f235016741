package training.fusion.trainer.runs;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import training.fusion.trainer.TrainingFailure;

/**
 * The runs below a folder such as {@code output}, and those on other disks that its links lead to.
 *
 * @param output may be missing: then there are none
 */
public record RunFinder(Path output) {
  /** Letters of a key that are enough to tell it by. */
  private static final int SHORTEST_KEY = 4;

  /** All of them, the newest first. */
  public List<RunSummary> all() {
    return folders().stream()
        .flatMap(folder -> RunSummary.of(folder).stream())
        .sorted(
            Comparator.comparing(
                RunSummary::began, Comparator.nullsLast(Comparator.reverseOrder())))
        .toList();
  }

  /**
   * A run's folder, or a model's file.
   *
   * @param given a path; the name of a training, of whose runs the newest is meant; or a run's key,
   *     or its beginning
   * @throws TrainingFailure if it is nothing of that
   */
  public Path find(Path given) {
    if (Files.exists(given) || given.isAbsolute() || given.getNameCount() != 1) {
      return given;
    }
    String word = given.toString();
    Path named = output.resolve(word);
    if (Files.isDirectory(named) && RunSummary.isRun(named)) {
      return named;
    }
    List<RunSummary> all = all();
    List<RunSummary> found = all.stream().filter(run -> run.name().equals(word)).limit(1).toList();
    if (found.isEmpty() && word.length() >= SHORTEST_KEY) {
      found =
          all.stream()
              .filter(run -> Objects.requireNonNullElse(run.runKey(), "").startsWith(word))
              .toList();
    }
    if (found.size() == 1) {
      return found.get(0).folder();
    }
    throw TrainingFailure.badConfiguration(
        found.isEmpty() ? nothing(word, all) : several(word, found));
  }

  private String nothing(String word, List<RunSummary> all) {
    Set<String> names = new TreeSet<>(all.stream().map(RunSummary::name).toList());
    return "%s is no folder, and in %s no run's name or key; %s"
        .formatted(
            word,
            output,
            names.isEmpty()
                ? "there are no runs"
                : "there are runs of %s; ./fusion runs lists them"
                    .formatted(String.join(", ", names.stream().limit(10).toList())));
  }

  private static String several(String word, List<RunSummary> found) {
    return "%s begins the keys of %d runs: %s; give more of it"
        .formatted(
            word,
            found.size(),
            String.join(", ", found.stream().map(run -> String.valueOf(run.runKey())).toList()));
  }

  private Set<Path> folders() {
    Set<Path> found = new LinkedHashSet<>();
    try {
      if (Files.isDirectory(output)) {
        walk(output, found);
        for (Path beside : besides()) {
          walk(beside, found);
        }
      }
    } catch (IOException e) {
      throw TrainingFailure.unreadable(output, e);
    }
    return found;
  }

  /** Folders beside the runs that links lead to, out of here: a claim's folder elsewhere. */
  private Set<Path> besides() throws IOException {
    Path here = output.toRealPath();
    Set<Path> besides = new LinkedHashSet<>();
    try (Stream<Path> entries = Files.list(output)) {
      for (Path link : entries.filter(Files::isSymbolicLink).filter(Files::isDirectory).toList()) {
        Path run = link.toRealPath();
        if (!run.startsWith(here) && run.getParent() != null && RunSummary.isRun(run)) {
          besides.add(run.getParent());
        }
      }
    }
    return besides;
  }

  private static void walk(Path from, Set<Path> found) throws IOException {
    List<Path> sorted = new ArrayList<>();
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            if (RunSummary.isRun(folder)) {
              sorted.add(folder);
              return FileVisitResult.SKIP_SUBTREE;
            }
            boolean hidden = folder.getFileName().toString().startsWith(".");
            return hidden && !folder.equals(from)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // gone meanwhile, or another person's
          }
        });
    sorted.sort(Comparator.naturalOrder());
    found.addAll(sorted);
  }
}
