package training.fusion.trainer.train;

import java.util.concurrent.CompletableFuture;

/**
 * SIGTERM and SIGINT as a wish that the training thread looks at between two steps. The virtual
 * machine's shutdown waits until the thread has saved and said how the process ends.
 */
public final class StopSignal {
  private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
  private volatile boolean requested;

  /** Listens from now on. */
  public static StopSignal install() {
    var signal = new StopSignal();
    Runtime.getRuntime().addShutdownHook(new Thread(signal::shutDown, "stop"));
    return signal;
  }

  private void shutDown() {
    requested = true;
    // not exit: a shutdown is under way, and its own code would be 130 for SIGINT
    Runtime.getRuntime().halt(exitCode.join());
  }

  /** Whether the process was asked to end. */
  public boolean isRequested() {
    return requested;
  }

  /** Ends the work under way if the process was asked to end. */
  void throwIfRequested() throws StoppedException {
    if (requested) {
      throw new StoppedException();
    }
  }

  /** Asks as the signal would. */
  public void request() {
    requested = true;
  }

  /** Ends the process, also if a shutdown waits for that already. */
  public void exit(int code) {
    exitCode.complete(code);
    System.exit(code);
  }
}
