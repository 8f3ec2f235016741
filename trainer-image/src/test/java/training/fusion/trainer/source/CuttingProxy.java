package training.fusion.trainer.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** Passes TCP connections on, and cuts the first few whose answers reach so many bytes. */
final class CuttingProxy implements AutoCloseable {
  private final ServerSocket listening;
  private final int target;
  private final AtomicInteger cuts;
  private final int bytes;

  /** How many were cut. */
  final AtomicInteger done = new AtomicInteger();

  CuttingProxy(int target, int cuts, int bytes) throws IOException {
    this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    this.target = target;
    this.cuts = new AtomicInteger(cuts);
    this.bytes = bytes;
    SocketThread.start(this::accept);
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() throws IOException {
    while (true) {
      Socket client = listening.accept();
      Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
      SocketThread.start(() -> pass(client, server, Long.MAX_VALUE));
      SocketThread.start(() -> pass(server, client, bytes));
    }
  }

  private void pass(Socket from, Socket to, long limit) throws IOException {
    try (from;
        to) {
      InputStream input = from.getInputStream();
      OutputStream output = to.getOutputStream();
      byte[] piece = new byte[8192];
      long left = limit;
      for (int count = input.read(piece); count >= 0; count = input.read(piece)) {
        if (count > left) {
          if (cuts.getAndDecrement() > 0) {
            done.incrementAndGet();
            return;
          }
          left = Long.MAX_VALUE;
        }
        output.write(piece, 0, count);
        left -= count;
      }
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }
}
