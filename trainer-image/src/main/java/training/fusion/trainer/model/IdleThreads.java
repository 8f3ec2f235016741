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

  private IdleThreads(String name, Function parallel, int count) {
    // OpenMP's threads are those of the thread that asked for them, and end with it
    owner = new Thread(() -> stay(parallel, count), name);
    owner.setDaemon(true);
  }

  /** OpenMP's own entry for a piece of work in parallel; empty if libtorch has another OpenMP. */
  static Optional<Function> openMp() {
    try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
      return maps.filter(line -> line.contains("/libgomp"))
          .map(line -> line.substring(line.indexOf('/')))
          .findFirst()
          .map(file -> NativeLibrary.getInstance(file).getFunction("GOMP_parallel"));
    } catch (IOException | UnsatisfiedLinkError e) {
      return Optional.empty();
    }
  }

  /**
   * Starts them.
   *
   * @param name of each
   * @param openMp as {@link #openMp} found it
   */
  static IdleThreads start(String name, Function openMp, int count) {
    var threads = new IdleThreads(name, openMp, count);
    threads.owner.start();
    return threads;
  }

  private void stay(Function parallel, int count) {
    Function nothing = NativeLibrary.getProcess().getFunction("getpid");
    parallel.invokeVoid(new Object[] {nothing, Pointer.NULL, 1 + count, 0});
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
