package training.fusion.trainer.source;

import java.io.IOException;

/** A thread that serves a connection, and ends with it. */
final class SocketThread {
  private SocketThread() {}

  /** What it does until an end of the connection is closed. */
  interface Work {
    void run() throws IOException;
  }

  static void start(Work work) {
    var thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // the other end is closed: so is this
              }
            });
    thread.setDaemon(true);
    thread.start();
  }
}
