package training.fusion.local;

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
import java.util.Optional;
import training.fusion.api.resource.FusionTraining;

/**
 * The folder of a run: each training as the API last had it ({@code NAME.json}, uid and status
 * included, so that a later run goes on), logs, checkpoints. One launcher at a time.
 */
final class Output implements AutoCloseable {
  private final Path folder;
  private final FileChannel lock;

  private Output(Path folder, FileChannel lock) {
    this.folder = folder;
    this.lock = lock;
  }

  /**
   * Opens the folder, which is made if it isn't there.
   *
   * @throws BadInput if another launcher uses it, or it can't be written to
   */
  static Output open(Path folder) {
    try {
      Files.createDirectories(folder);
      var channel =
          FileChannel.open(
              folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (tryLock(channel)) {
        return new Output(folder.toRealPath(), channel);
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

  Optional<FusionTraining> stored(String name) {
    Path file = file(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(Serialization.unmarshal(Files.readString(file), FusionTraining.class));
    } catch (IOException | RuntimeException e) {
      throw new BadInput(
          "%s is no stored training: %s; remove it to start anew".formatted(file, e.getMessage()),
          e);
    }
  }

  synchronized void store(FusionTraining training) {
    Path file = file(training.getMetadata().getName());
    Path written = file.resolveSibling("." + file.getFileName());
    try {
      Files.writeString(written, Serialization.asJson(training));
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path file(String name) {
    return folder.resolve(name + ".json");
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
