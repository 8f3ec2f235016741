package training.fusion.local.api;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.KubernetesClient;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests as bytes: what a browser, curl and another user of the machine can send. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@DisplayName("The embedded API")
class AccessTest {
  private static final String POD =
      """
      {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "foreign"}, "spec": {"containers": []}}""";

  private static final String PODS = "/api/v1/namespaces/default/pods";

  @SuppressWarnings("NullAway.Init") // before all
  private EmbeddedApi api;

  @SuppressWarnings("NullAway.Init") // before all
  private KubernetesClient client;

  @BeforeAll
  void start() {
    api = new EmbeddedApi(List.of());
    client = api.client();
  }

  @AfterAll
  void stop() {
    client.close();
    api.close();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("refuses what a page or another user can send, by the request's head alone")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          nothing but a pod                    | Host: HERE | | | 401
          another token                        | Host: HERE | Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA | | 401
          an empty token                       | Host: HERE | Authorization: Bearer | | 401
          the token and one more character     | Host: HERE | Authorization: Bearer SECRETa | | 401
          half the token                       | Host: HERE | Authorization: Bearer HALF | | 401
          the token as a password              | Host: HERE | Authorization: Basic SECRET | | 401
          the token twice                      | Host: HERE | Authorization: Bearer SECRET | Authorization: Bearer SECRET | 401
          the token in a cookie                | Host: HERE | Cookie: Authorization=Bearer%20SECRET | | 401
          an address's user                    | Host: HERE | Authorization: Basic Og== | | 401
          a rebound name                       | Host: rebound.example:PORT | Authorization: Bearer SECRET | | 403
          a name without a port                | Host: localhost | Authorization: Bearer SECRET | | 403
          another port                         | Host: 127.0.0.1:1 | Authorization: Bearer SECRET | | 403
          another number of this machine       | Host: 127.0.0.2:PORT | Authorization: Bearer SECRET | | 403
          a name that begins as ours           | Host: localhost.example:PORT | Authorization: Bearer SECRET | | 403
          two hosts                            | Host: HERE | Host: HERE | Authorization: Bearer SECRET | 403
          no host                              | X-Host: HERE | Authorization: Bearer SECRET | | 403
          a page's origin                      | Host: HERE | Authorization: Bearer SECRET | Origin: https://page.example | 403
          a sandboxed page's origin            | Host: HERE | Authorization: Bearer SECRET | Origin: null | 403
          a page of another port               | Host: HERE | Authorization: Bearer SECRET | Origin: http://127.0.0.1:1 | 403
          a page of TLS                        | Host: HERE | Authorization: Bearer SECRET | Origin: https://HERE | 403
          our own origin without the token     | Host: HERE | Origin: http://HERE | | 401
          """)
  void refused(String what, String first, String second, String third, int code)
      throws IOException {
    var head = new StringBuilder("POST " + PODS + " HTTP/1.1\r\n");
    for (String line : new String[] {first, second, third}) {
      head.append(line == null ? "" : filled(line) + "\r\n");
    }
    // of the body not one byte is sent: it is answered without
    String answer = send(head + "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 " + code + " ").contains("\"kind\":\"Status\"");
    assertThat(answer).doesNotContain(api.secret());
    assertThat(client.pods().list().getItems()).isEmpty();
  }

  @ParameterizedTest(name = "{0} {1} {2} {3}")
  @DisplayName("refuses a body of another kind than its own, too long a one, and other methods")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          POST  | Content-Type: text/plain                        | Content-Length: 5         | 415
          POST  | Content-Type: application/x-www-form-urlencoded | Content-Length: 5         | 415
          POST  | Content-Type: multipart/form-data               | Content-Length: 5         | 415
          POST  | Content-Type: text/plain; a=application/json    | Content-Length: 5         | 415
          POST  | X-Content-Type: application/json                | Content-Length: 5         | 415
          POST  | Content-Type: application/merge-patch+json      | Content-Length: 5         | 415
          PATCH | Content-Type: application/json                  | Content-Length: 5         | 415
          PUT   | Content-Type: text/plain                        | Content-Length: 5         | 415
          POST  | Content-Type: application/json                  | Content-Length: 3145729   | 413
          POST  | Content-Type: application/json                  | Content-Length: 999999999 | 413
          POST  | Content-Type: application/json                  | Transfer-Encoding: chunked | 411
          OPTIONS | Access-Control-Request-Method: POST           | Access-Control-Request-Headers: authorization | 405
          TRACE | Accept: */*                                     | Content-Length: 0         | 405
          """)
  void body(String method, String type, String length, int code) throws IOException {
    String answer =
        send(
            filled(
                "%s %s HTTP/1.1\r\nHost: HERE\r\nAuthorization: Bearer SECRET\r\n%s\r\n%s\r\n\r\n"
                    .formatted(method, PODS, type, length)));
    assertThat(answer).startsWith("HTTP/1.1 " + code + " ");
    assertThat(client.pods().list().getItems()).isEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @DisplayName("tells nobody anything without its secret: lists, watches, keys")
  @CsvSource({
    PODS,
    PODS + "?watch=true",
    "/openid/v1/jwks",
    "/.well-known/openid-configuration",
    "/",
    "/version"
  })
  void unread(String path) throws IOException {
    assertThat(send(filled("GET " + path + " HTTP/1.1\r\nHost: HERE\r\n\r\n")))
        .startsWith("HTTP/1.1 401 ");
    assertThat(
            send(
                filled(
                    "GET "
                        + path
                        + " HTTP/1.1\r\nHost: HERE\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")))
        .startsWith("HTTP/1.1 401 ");
  }

  @Test
  @DisplayName("takes a pod from whoever shows the secret, by either name of the machine")
  void taken() throws IOException {
    for (String host : List.of("127.0.0.1", "LocalHost")) {
      String answer =
          send(
              filled(
                  "POST %s HTTP/1.1\r\nHost: %s:PORT\r\nauthorization: bearer SECRET\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: %d\r\n\r\n%s"
                      .formatted(PODS, host, POD.length(), POD)));
      assertThat(answer).startsWith("HTTP/1.1 20");
      assertThat(client.pods().withName("foreign").get()).isNotNull();
      client.pods().withName("foreign").delete();
    }
  }

  @Test
  @DisplayName("serves on while a crowd of connections says nothing, or half a request")
  void crowd() throws IOException {
    List<Socket> crowd = new ArrayList<>();
    try {
      for (int i = 0; i < 3 * UnauthenticatedConnections.MOST; i++) {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port());
        crowd.add(socket);
        if (i % 2 == 0) {
          socket.getOutputStream().write("POST /api HTTP/1.1\r\nHost".getBytes(US_ASCII));
        }
      }
      try (KubernetesClient another = api.client()) { // which has no connection yet
        assertThat(another.pods().list().getItems()).isEmpty();
      }
      // who came first is hung up on
      for (Socket socket : crowd.subList(0, UnauthenticatedConnections.MOST)) {
        assertThat(isClosed(socket)).isTrue();
      }
    } finally {
      for (Socket socket : crowd) {
        socket.close();
      }
    }
  }

  /** Waits for the other side's end of it. */
  private static boolean isClosed(Socket socket) {
    try {
      return socket.getInputStream().read() < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  @Test
  @DisplayName("has a secret of 256 bits that is another one in each run")
  void secret() {
    try (var another = new EmbeddedApi(List.of())) {
      assertThat(another.secret()).hasSize(43).isNotEqualTo(api.secret());
    }
  }

  private String filled(String text) {
    String port = String.valueOf(port());
    return text.replace("HERE", "127.0.0.1:" + port)
        .replace("PORT", port)
        .replace("HALF", api.secret().substring(0, 21))
        .replace("SECRET", api.secret());
  }

  private int port() {
    return Integer.parseInt(api.url().substring(api.url().lastIndexOf(':') + 1));
  }

  /** All that the server says before it hangs up. */
  private String send(String request) throws IOException {
    try (var socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
      OutputStream out = socket.getOutputStream();
      out.write(request.getBytes(US_ASCII));
      out.flush();
      try {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      } catch (SocketException e) {
        throw new AssertionError("hung up without a word", e);
      }
    }
  }
}
