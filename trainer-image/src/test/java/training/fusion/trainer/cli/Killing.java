package training.fusion.trainer.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * The moment at which a trainer is killed; nothing of it is arranged with the trainer, it is seen
 * from outside in the run's folder.
 */
sealed interface Killing {
  /** Waits for the moment, or for the trainer's end. */
  void await(TrainerProcess trainer, RunFolder run) throws IOException;

  /**
   * Around a step: so long after the checkpoint before it as the steps since then take.
   *
   * @param step from 1
   * @param between steps from a checkpoint to the next
   * @param seconds that a step takes
   */
  record AtStep(int step, int between, double seconds) implements Killing {
    @Override
    public void await(TrainerProcess trainer, RunFolder run) throws IOException {
      int since = (step - 1) % between;
      while (trainer.isAlive() && !hasCheckpoint(run, step - 1 - since)) {
        LockSupport.parkNanos(2_000_000);
      }
      LockSupport.parkNanos((long) (1e9 * seconds * (since + 1)));
    }

    /** The ledger begins with the training, where there is no checkpoint to wait for. */
    private static boolean hasCheckpoint(RunFolder run, int step) throws IOException {
      return Files.exists(run.path().resolve("steps.log"))
          && (step == 0 || run.checkpoints().stream().anyMatch(c -> RunFolder.step(c) == step));
    }

    @Override
    public String toString() {
      return "at step " + step;
    }
  }

  /**
   * While a checkpoint is being written.
   *
   * @param name of its folder
   * @param bytes of it that are written then
   */
  record InCheckpoint(String name, long bytes) implements Killing {
    @Override
    public void await(TrainerProcess trainer, RunFolder run) throws IOException {
      Path unfinished = run.path().resolve(".unfinished-" + name);
      Path finished = run.path().resolve(name);
      while (trainer.isAlive() && !Files.exists(finished) && size(unfinished) < bytes) {
        LockSupport.parkNanos(500_000);
      }
    }

    @Override
    public String toString() {
      return "in %s after %,d bytes".formatted(name, bytes);
    }
  }

  /** Bytes of the files in a folder; -1 if it is not there. */
  static long size(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      long bytes = 0;
      for (Path file : files.toList()) {
        bytes += Files.size(file);
      }
      return bytes;
    } catch (NoSuchFileException e) {
      return -1; // not yet, or while it was looked at
    }
  }
}
