package training.fusion.trainer.tracking;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Takes connections and never answers. */
final class SilentServer implements AutoCloseable {
  private final ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final List<Socket> taken = new ArrayList<>();
  private final CountDownLatch first = new CountDownLatch(1);
  private final Thread thread = new Thread(this::take, "silent-server");

  SilentServer() throws IOException {
    thread.start();
  }

  private void take() {
    try {
      while (true) {
        Socket connection = socket.accept();
        synchronized (taken) {
          taken.add(connection);
        }
        first.countDown();
      }
    } catch (IOException e) {
      // closed
    }
  }

  String address() {
    return "http://127.0.0.1:" + socket.getLocalPort();
  }

  /** Waits until somebody has connected. */
  void awaitRequest() throws InterruptedException {
    first.await();
  }

  /** Connections so far. */
  int requests() {
    synchronized (taken) {
      return taken.size();
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    synchronized (taken) {
      for (Socket connection : taken) {
        connection.close();
      }
    }
  }
}
