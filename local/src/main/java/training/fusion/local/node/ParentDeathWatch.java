package training.fusion.local.node;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Starts another program's main method, and ends the process when standard input ends. The launcher
 * holds the other end of that pipe and never writes, so it ends when the launcher does, however
 * that was killed, on any system.
 *
 * <p>{@code java -cp … ParentDeathWatch SECONDS MAIN-CLASS ARGUMENTS…}: the program is asked to end
 * as by SIGTERM, and after so many seconds killed, as a kubelet does after a pod's grace period.
 */
public final class ParentDeathWatch {
  private static final int EXIT_TERMINATED = 143;
  private static final int EXIT_KILLED = 137;

  private ParentDeathWatch() {}

  /** Runs the program in this process. */
  public static void main(String[] arguments) throws Throwable {
    long grace = Long.parseLong(arguments[0]);
    var watch = new Thread(() -> watch(grace), "leash");
    watch.setDaemon(true);
    watch.start();
    try {
      Class.forName(arguments[1])
          .getMethod("main", String[].class)
          .invoke(null, (Object) Arrays.copyOfRange(arguments, 2, arguments.length));
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static void watch(long grace) {
    try {
      while (System.in.read() >= 0) {
        // nothing is ever said here
      }
    } catch (IOException e) {
      // a broken pipe says the same as its end
    }
    var halt = new Thread(() -> halt(grace), "leash-halt");
    halt.setDaemon(true);
    halt.start();
    // runs the shutdown hooks, as SIGTERM does
    System.exit(EXIT_TERMINATED);
  }

  private static void halt(long grace) {
    try {
      Thread.sleep(grace * 1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    kill();
  }

  /**
   * By a signal, which nothing runs after. Java's own way takes C libraries apart under the threads
   * that still compute with them, and that is a crash.
   */
  private static void kill() {
    try {
      var unused =
          new ProcessBuilder("kill", "-KILL", String.valueOf(ProcessHandle.current().pid()))
              .start()
              .waitFor();
    } catch (IOException | InterruptedException e) {
      // there is no such program, or no process can be started any more
    } finally {
      Runtime.getRuntime().halt(EXIT_KILLED);
    }
  }
}
