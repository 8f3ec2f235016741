package training.fusion.local;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import training.fusion.api.resource.FusionTraining;
import training.fusion.api.resource.sweep.FusionSweep;
import training.fusion.local.node.OwnerOnlyFiles;

/**
 * The folder of a run: each training ({@code NAME.json}) and sweep ({@code NAME.sweep.json}) as the
 * API last had it, uid and status included, so that a later run goes on; reports of sweeps, logs,
 * checkpoints. One launcher at a time.
 */
final class OutputFolder implements AutoCloseable {
  private static final String TRAINING = ".json";
  private static final String SWEEP = ".sweep.json";

  private final Path folder;
  private final FileChannel lock;

  /** What was not there before, the innermost first. */
  private final List<Path> made;

  private OutputFolder(Path folder, FileChannel lock, List<Path> made) {
    this.folder = folder;
    this.lock = lock;
    this.made = made;
  }

  /**
   * Opens the folder, which is made if it isn't there.
   *
   * @throws BadInput if another launcher uses it, or it can't be written to
   */
  static OutputFolder open(Path folder) {
    List<Path> made = new ArrayList<>();
    Path first = folder.toAbsolutePath().resolve(".lock");
    for (Path path = first; path != null && !Files.exists(path); path = path.getParent()) {
      made.add(path);
    }
    try {
      Files.createDirectories(folder);
      var channel =
          FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel)) {
        return new OutputFolder(folder.toRealPath(), channel, made);
      }
      channel.close();
    } catch (IOException e) {
      throw new BadInput("--output %s can't be written to: %s".formatted(folder, e), e);
    }
    throw new BadInput(
        "--output %s is in use by another ./fusion run; wait for it, or choose another folder"
            .formatted(folder));
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      FileLock lock = channel.tryLock();
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    }
  }

  Path folder() {
    return folder;
  }

  /** What an earlier run has left of a resource. */
  <R extends CustomResource<?, ?>> Optional<R> stored(String name, Class<R> type) {
    return stored(file(name, type), type);
  }

  private static <R extends CustomResource<?, ?>> Optional<R> stored(Path file, Class<R> type) {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Serialization.unmarshal(Files.readString(file), type));
    } catch (IOException | RuntimeException e) {
      throw new BadInput(
          "%s is no stored resource: %s; remove it to start anew".formatted(file, e.getMessage()),
          e);
    }
  }

  /** Trials that an earlier run has left of a sweep. */
  List<FusionTraining> trialsOf(FusionSweep sweep) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(
              file -> file.getFileName().toString().startsWith(sweep.getMetadata().getName() + "-"))
          .filter(file -> isOf(file, FusionTraining.class))
          .flatMap(file -> stored(file, FusionTraining.class).stream())
          .filter(trial -> trial.hasOwnerReferenceFor(sweep))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Keeps a resource as it is; nobody else may read it, as it may hold keys. */
  synchronized void store(CustomResource<?, ?> resource) {
    try {
      OwnerOnlyFiles.write(
          file(resource.getMetadata().getName(), resource.getClass()),
          Serialization.asJson(resource));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Keeps the files of a sweep's report.
   *
   * @param files contents by name
   * @return the folder that they lie in
   */
  Path storeReport(FusionSweep sweep, Map<String, String> files) {
    Path reports = folder.resolve(sweep.getMetadata().getName());
    try {
      Files.createDirectories(reports);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    files.forEach((name, content) -> write(reports.resolve(name), content));
    return reports;
  }

  private synchronized void write(Path file, String content) {
    Path written = file.resolveSibling("." + file.getFileName());
    try {
      Files.writeString(written, content);
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String name, Class<?> type) {
    return folder.resolve(name + (type.equals(FusionSweep.class) ? SWEEP : TRAINING));
  }

  private static boolean isOf(Path file, Class<?> type) {
    String name = file.getFileName().toString();
    boolean sweep = name.endsWith(SWEEP);
    return name.endsWith(TRAINING) && sweep == type.equals(FusionSweep.class);
  }

  /** Removes what was made and holds nothing: what is refused leaves the folder as it was. */
  void leave() {
    for (Path path : made) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        return; // something is kept in it
      }
    }
  }

  @Override
  public void close() {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
