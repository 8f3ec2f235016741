package training.fusion.trainer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A server that says one thing, and then, as asked, the same bytes for ever. */
@DisplayName("An answer")
class ExchangeTest {
  private final CountDownLatch hungUp = new CountDownLatch(1);
  private final ServerSocket socket;

  ExchangeTest() throws IOException {
    socket = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
  }

  @AfterEach
  void stop() throws IOException {
    socket.close();
  }

  @ParameterizedTest(name = "after [{0}]")
  @DisplayName("that does not come to its end is given up, and its connection closed")
  @ValueSource(
      strings = {
        "", // nothing at all
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nX-More: 1\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf of it",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 500 No\r\n\r\nuntil the connection ends"
      })
  void endless(String said) throws Exception {
    serve(said, "");
    assertThatThrownBy(() -> exchange(Duration.ofMillis(300), 1 << 20).send(request()))
        .isInstanceOf(HttpTimeoutException.class);
    assertThat(hungUp.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest(name = "after [{0}]")
  @DisplayName("longer than it may be is given up, and never kept whole")
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 9000000000000\r\n\r\n",
        "HTTP/1.1 403 No\r\n\r\n"
      })
  void tooLong(String said) throws Exception {
    serve(said, "for ever and ever ".repeat(1000));
    assertThatThrownBy(() -> exchange(Duration.ofMinutes(1), 1 << 20).send(request()))
        .isInstanceOf(IOException.class)
        .hasMessage("its answer is longer than 1048576 bytes");
    assertThat(hungUp.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  @DisplayName("as long as it may be is taken")
  void longest() throws Exception {
    serve("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "");
    assertThat(exchange(Duration.ofMinutes(1), 5).send(request()).body()).hasSize(5);
  }

  private static Exchange exchange(Duration longest, int most) {
    return new Exchange(
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build(), longest, most);
  }

  private HttpRequest request() {
    return HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:%d/".formatted(socket.getLocalPort())))
        .build();
  }

  /** Says the first once and the second for ever; then waits until the other side hangs up. */
  private void serve(String once, String forEver) {
    var thread =
        new Thread(
            () -> {
              try (Socket connection = socket.accept()) {
                OutputStream out = connection.getOutputStream();
                out.write(once.getBytes(StandardCharsets.US_ASCII));
                while (!forEver.isEmpty()) {
                  out.write(forEver.getBytes(StandardCharsets.US_ASCII));
                }
                while (connection.getInputStream().read() >= 0) {
                  // the question
                }
              } catch (IOException e) {
                // hung up while we spoke
              }
              hungUp.countDown();
            },
            "endless");
    thread.setDaemon(true);
    thread.start();
  }
}
