package training.fusion.e2e.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Stands between an operator and the API server, and does to its requests what networks and loaded
 * API servers do. Towards the operator it speaks plain HTTP/1.1 ({@code kubernetes.master}),
 * towards the API server TLS with the administrator's certificate. Answers are passed on as they
 * come, watches over WebSockets too.
 */
public final class FaultProxy implements AutoCloseable {
  private static final String PAGE =
      "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 19\r\n\r\n<html>Log in</html>";

  private final ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
  private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
  private final URI apiServer;
  private final SSLSocketFactory tls;
  private volatile Function<Request, Fate> fate = Fate::unharmed;
  private boolean silent;

  /** A request as the operator made it. */
  public record Request(String method, String target, String body) {
    public boolean writes() {
      return !method.equals("GET");
    }

    public boolean isWatch() {
      return target.contains("watch=true");
    }
  }

  /** What becomes of a request. */
  public sealed interface Fate {
    /** It arrives, with this target in place of its own. */
    record Arrives(String target) implements Fate {}

    /** This is the answer, and the API server never sees it. */
    record Answered(int code, String reason, String headers) implements Fate {}

    /** A page for people is the answer, with 200, as gateways send it that want a login. */
    record Page() implements Fate {}

    /** The connection breaks before it arrives, just after this has happened. */
    record Lost(Runnable before) implements Fate {}

    /** It arrives, and the connection breaks before its answer does, just after this happened. */
    record AnswerLost(Runnable before) implements Fate {}

    static Fate unharmed(Request request) {
      return new Arrives(request.target());
    }

    static Fate answered(int code, String reason) {
      return new Answered(code, reason, "");
    }
  }

  public FaultProxy(ControlPlane controlPlane) throws IOException {
    Config config = controlPlane.client().getConfiguration();
    apiServer = URI.create(config.getMasterUrl());
    try {
      tls = SSLUtils.sslContext(config).getSocketFactory();
    } catch (GeneralSecurityException e) {
      throw new IOException("no TLS with the administrator's certificate", e);
    }
    thread("accept", this::accept);
  }

  /** The setting that makes an operator come through here. */
  public String setting() {
    return "kubernetes.master=http://127.0.0.1:" + socket.getLocalPort();
  }

  /** From now on, requests fare so; called before each is passed on, by many threads. */
  public void fates(Function<Request, Fate> fates) {
    fate = fates;
  }

  /** From now on, nothing passes in either direction, and nothing is answered. */
  public synchronized void fallSilent() {
    silent = true;
  }

  /** What was held back passes. */
  public synchronized void speakAgain() {
    silent = false;
    notifyAll();
  }

  /** Breaks every connection there is, those of watches too; new ones may be made. */
  public void breakConnections() {
    connections.forEach(Connection::close);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    breakConnections();
    speakAgain();
  }

  private void accept() throws IOException {
    while (true) {
      Socket operator = socket.accept();
      var connection =
          new Connection(operator, tls.createSocket(apiServer.getHost(), apiServer.getPort()));
      connections.add(connection);
      thread("requests", connection::passRequests);
      thread("answers", connection::passAnswers);
    }
  }

  private synchronized void awaitVoice() throws IOException {
    try {
      while (silent) {
        wait();
      }
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  /** Ends when a connection does, which is no failure here. */
  private static void thread(String name, Work work) {
    var thread =
        new Thread(
            () -> {
              try {
                work.run();
              } catch (IOException e) {
                // a broken connection: somebody went away, as is the purpose
              }
            },
            "fault-proxy-" + name);
    thread.setDaemon(true);
    thread.start();
  }

  /** One of the operator's, and its continuation to the API server. */
  private final class Connection {
    private final Socket operator;
    private final Socket server;
    private volatile @Nullable Runnable answerLost;

    Connection(Socket operator, Socket server) {
      this.operator = operator;
      this.server = server;
    }

    void passRequests() throws IOException {
      try (operator;
          server) {
        InputStream input = operator.getInputStream();
        OutputStream output = server.getOutputStream();
        for (String head = head(input); !head.isEmpty(); head = head(input)) {
          byte[] body = input.readNBytes(contentLength(head));
          String[] line = head.split("[ \r\n]", 4);
          var request = new Request(line[0], line[1], new String(body, ISO_8859_1));
          awaitVoice();
          Fate met = fate.apply(request);
          if (met instanceof Fate.Answered answered) {
            operator.getOutputStream().write(answer(answered).getBytes(ISO_8859_1));
            continue;
          }
          if (met instanceof Fate.Page) {
            operator.getOutputStream().write(PAGE.getBytes(ISO_8859_1));
            continue;
          }
          if (met instanceof Fate.Lost lost) {
            lost.before().run();
            return;
          }
          if (met instanceof Fate.AnswerLost lost) {
            answerLost = lost.before();
          }
          String target = met instanceof Fate.Arrives arrives ? arrives.target() : request.target();
          output.write(head.replace(" " + line[1] + " ", " " + target + " ").getBytes(ISO_8859_1));
          output.write(body);
          if (header(head, "Upgrade") != null) {
            pass(input, output); // a WebSocket: no requests any more
            return;
          }
        }
      } finally {
        connections.remove(this);
      }
    }

    void passAnswers() throws IOException {
      try (operator;
          server) {
        pass(server.getInputStream(), operator.getOutputStream());
      }
    }

    private void pass(InputStream from, OutputStream to) throws IOException {
      byte[] buffer = new byte[1 << 16];
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        awaitVoice();
        Runnable lost = answerLost;
        if (lost != null) {
          lost.run();
          return;
        }
        to.write(buffer, 0, read);
      }
    }

    void close() {
      for (Socket end : new Socket[] {operator, server}) {
        try {
          end.close();
        } catch (IOException e) {
          // it is closed in any case
        }
      }
    }
  }

  /** Request line and headers with the empty line after them; empty at the connection's end. */
  private static String head(InputStream input) throws IOException {
    var head = new ByteArrayOutputStream();
    int last = 0; // the last four bytes
    for (int read = input.read(); read >= 0; read = input.read()) {
      head.write(read);
      last = last << 8 | read;
      if (last == 0x0d0a0d0a) {
        return head.toString(ISO_8859_1);
      }
    }
    return "";
  }

  private static int contentLength(String head) throws IOException {
    if (header(head, "Transfer-Encoding") != null) {
      throw new IOException("a chunked request, which the operator's client never made: " + head);
    }
    String length = header(head, "Content-Length");
    return length == null ? 0 : Integer.parseInt(length);
  }

  private static @Nullable String header(String head, String name) {
    return head.lines()
        .filter(line -> line.regionMatches(true, 0, name + ":", 0, name.length() + 1))
        .map(line -> line.substring(name.length() + 1).strip())
        .findFirst()
        .orElse(null);
  }

  private static String answer(Fate.Answered answered) {
    String body =
        """
        {"kind":"Status","apiVersion":"v1","status":"Failure","reason":"%s","code":%d,\
        "message":"injected by a test"}"""
            .formatted(answered.reason(), answered.code());
    return "HTTP/1.1 %d %s\r\nContent-Type: application/json\r\n%sContent-Length: %d\r\n\r\n%s"
        .formatted(answered.code(), answered.reason(), answered.headers(), body.length(), body);
  }
}
