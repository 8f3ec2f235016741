package training.fusion.trainer.model;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Pointer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;

/**
 * Threads of GNU's OpenMP that sleep until they are closed. While it has more threads than there
 * are cores, those that wait at a barrier spin a hundred turns of a loop before they sleep, and
 * otherwise three hundred thousand (libgomp's {@code GOMP_SPINCOUNT}).
 */
final class IdleThreads implements AutoCloseable {
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread owner;

  private IdleThreads(String name, NativeLibrary openMp, int count) {
    // OpenMP's threads are those of the thread that asked for them, and end with it
    owner = new Thread(() -> stay(openMp, count), name);
    owner.setDaemon(true);
  }

  /** GNU's OpenMP as libtorch has loaded it; empty if it has another one. */
  static Optional<NativeLibrary> openMp() {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains("/libgomp"))
          .map(line -> line.substring(line.indexOf('/')))
          .findFirst()
          .map(NativeLibrary::getInstance);
    } catch (IOException | UnsatisfiedLinkError e) {
      return Optional.empty();
    }
  }

  /**
   * Starts them: no more than it takes, since OpenMP ends a process that may start no more.
   *
   * @param name of each
   * @param openMp as {@link #openMp} found it
   * @param computing threads that OpenMP has already
   */
  static IdleThreads start(String name, NativeLibrary openMp, int computing) {
    int cores = openMp.getFunction("omp_get_num_procs").invokeInt(new Object[0]);
    var threads = new IdleThreads(name, openMp, Math.max(1, 1 + cores - computing));
    threads.owner.start();
    return threads;
  }

  private void stay(NativeLibrary openMp, int count) {
    Function nothing = NativeLibrary.getProcess().getFunction("getpid");
    openMp
        .getFunction("GOMP_parallel")
        .invokeVoid(new Object[] {nothing, Pointer.NULL, 1 + count, 0});
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
