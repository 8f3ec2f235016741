package training.fusion.trainer.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/** A server that answers whatever it was told to, right or not; each request on its own. */
final class RawServer implements AutoCloseable {
  private final ServerSocket socket;
  private final Answer answer;

  /** Answers so far. */
  final AtomicInteger requests = new AtomicInteger();

  /** What follows a request, until it ends or the client does. */
  interface Answer {
    void write(OutputStream out) throws IOException;
  }

  private RawServer(ServerSocket socket, Answer answer) {
    this.socket = socket;
    this.answer = answer;
    var thread = new Thread(this::serve, "raw-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Without TLS. */
  static RawServer http(Answer answer) throws IOException {
    return new RawServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), answer);
  }

  /** With the certificate of a {@link FileServer}. */
  static RawServer https(Path certificate, Answer answer) throws Exception {
    KeyStore store = KeyStore.getInstance(certificate.toFile(), FileServer.PASSWORD.toCharArray());
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, FileServer.PASSWORD.toCharArray());
    var context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return new RawServer(
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        answer);
  }

  /** An answer of a head and a body. */
  static Answer text(String text) {
    return out -> out.write(text.replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8));
  }

  int port() {
    return socket.getLocalPort();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        readHead(client.getInputStream());
        requests.incrementAndGet();
        answer.write(client.getOutputStream());
        client.getOutputStream().flush();
      } catch (IOException e) {
        // it has heard enough
      }
    }
  }

  private static void readHead(InputStream in) throws IOException {
    int ends = 0;
    while (ends < 2) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("no request");
      }
      ends = next == '\n' ? ends + 1 : next == '\r' ? ends : 0;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
