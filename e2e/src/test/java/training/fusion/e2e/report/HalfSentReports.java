package training.fusion.e2e.report;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import training.fusion.e2e.operator.ProgressPort;

/** Connections on which a report is begun, and that then stay as they are. */
final class HalfSentReports implements AutoCloseable {
  private final ProgressPort port;
  private final String token;
  private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

  /** How far it comes. */
  enum Kind {
    /** All headers, with a token that proves nothing, and a part of the body. */
    FORGED,
    /** All headers, with a pod's token, and a part of the body. */
    TRUE,
    /** A body without an end, with a token that proves nothing. */
    CHUNKED,
    /** A body without an end that is too long already, with a pod's token. */
    TOO_LONG,
    /** A part of a header. */
    HEADER,
    /** A header that is longer than all headers may be. */
    LONG_HEADER,
    /** Nothing at all. */
    NOTHING
  }

  private static final List<Kind> SILENT =
      List.of(Kind.FORGED, Kind.TRUE, Kind.CHUNKED, Kind.HEADER, Kind.NOTHING);

  HalfSentReports(ProgressPort port, String token) {
    this.port = port;
    this.token = token;
  }

  /** Begins so many, of all kinds that are answered late or never. */
  void begin(int count) {
    for (int i = 0; i < count; i++) {
      try {
        begin(SILENT.get(i % SILENT.size()));
      } catch (IOException e) {
        // closed while it was written to, which is the server's good right
      }
    }
  }

  /** The first line of the answer to one. */
  String answer(Kind kind) throws IOException {
    Socket socket = begin(kind);
    socket.setSoTimeout(20_000);
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1))
        .readLine();
  }

  private Socket begin(Kind kind) throws IOException {
    var socket = new Socket(port.address().getHost(), port.address().getPort());
    open.add(socket);
    OutputStream output = socket.getOutputStream();
    output.write(text(kind).getBytes(ISO_8859_1));
    output.flush();
    return socket;
  }

  private String text(Kind kind) {
    String request = "POST /v1/progress HTTP/1.1\r\nHost: operator\r\n";
    String forged = "Authorization: Bearer not.a.token\r\n";
    String json = "Content-Type: application/json\r\n";
    String ours = "Authorization: Bearer " + token + "\r\n";
    String length = "Content-Length: 16000\r\n\r\n";
    String chunked = "Transfer-Encoding: chunked\r\n\r\n";
    String part = "{\"sequence\": " + " ".repeat(4000);
    return switch (kind) {
      case FORGED -> request + forged + json + length + part;
      case TRUE -> request + ours + json + length + part;
      case CHUNKED -> request + forged + json + chunked + "fa0\r\n" + " ".repeat(4000) + "\r\n";
      case TOO_LONG ->
          request + ours + json + chunked + ("fa0\r\n" + " ".repeat(4000) + "\r\n").repeat(5);
      case HEADER -> request + "X-Half: " + "h".repeat(4000);
      case LONG_HEADER -> request + "X-Long: " + "h".repeat(9000);
      case NOTHING -> "";
    };
  }

  @Override
  public void close() {
    for (Socket socket : open) {
      try {
        socket.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
