package training.fusion.trainer.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.run.ProgressReport;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.source.FileServer;

@Tag("process")
@DisplayName("Progress")
class ProgressPosterTest {
  private static final Duration NEVER = Duration.ofHours(1);

  record Received(@Nullable String authorization, ProgressReport report) {}

  private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;
  private final URI address;
  private final Path tokenFile;
  private volatile int status = 204;
  private volatile String retryAfter = "";
  private volatile String location = "";
  private volatile boolean endless;

  ProgressPosterTest(@TempDir Path folder) throws IOException {
    tokenFile = folder.resolve("token");
    Files.writeString(tokenFile, "first\n");
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    address =
        URI.create("http://127.0.0.1:%d/v1/progress".formatted(server.getAddress().getPort()));
    server.createContext("/v1/progress", this::take);
    server.setExecutor(threads);
    server.start();
  }

  private void take(HttpExchange exchange) throws IOException {
    var report = new ObjectMapper().readValue(exchange.getRequestBody(), ProgressReport.class);
    if (!retryAfter.isEmpty()) {
      exchange.getResponseHeaders().set("Retry-After", retryAfter);
    }
    if (!location.isEmpty()) {
      exchange.getResponseHeaders().set("Location", location);
    }
    // 1,000 bytes are promised; where it is endless one of them comes
    exchange.sendResponseHeaders(status, endless ? 1000 : -1);
    if (endless) {
      exchange.getResponseBody().write(' ');
      exchange.getResponseBody().flush();
    } else {
      exchange.close();
    }
    received.add(new Received(exchange.getRequestHeaders().getFirst("Authorization"), report));
  }

  @AfterEach
  void stop() {
    server.stop(0);
    threads.shutdownNow();
  }

  @Test
  void isPostedWithTheTokenOfTheMomentAndCountsUp() throws IOException, InterruptedException {
    try (var poster = new ProgressPoster(address, null, tokenFile, Duration.ZERO)) {
      poster.offer(report(1));
      assertThat(next()).isEqualTo(new Received("Bearer first", report(1).apply(1)));
      Files.writeString(tokenFile, "second");
      poster.offer(report(2));
      assertThat(next()).isEqualTo(new Received("Bearer second", report(2).apply(2)));
    }
  }

  @Test
  void isPostedToAServerThatItsAuthorityHasSignedForAndToNoOther(@TempDir Path folder)
      throws Exception {
    Path file = folder.resolve("server.p12");
    FileServer.makeCertificate(file);
    KeyStore store = KeyStore.getInstance(file.toFile(), FileServer.PASSWORD.toCharArray());
    var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, FileServer.PASSWORD.toCharArray());
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(keys.getKeyManagers(), null, null);
    HttpsServer secure =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    secure.setHttpsConfigurator(new HttpsConfigurator(tls));
    secure.createContext("/v1/progress", this::take);
    secure.start();
    URI there =
        URI.create("https://localhost:%d/v1/progress".formatted(secure.getAddress().getPort()));
    String authority =
        "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
            .formatted(
                Base64.getMimeEncoder()
                    .encodeToString(store.getCertificate("server").getEncoded()));

    try (var trusting = new ProgressPoster(there, authority, null, Duration.ZERO)) {
      trusting.offer(report(1));
      assertThat(next().report().step()).isEqualTo(1);
    }
    var strange = new ProgressPoster(there, null, null, Duration.ZERO);
    strange.offer(report(2));
    strange.close();
    assertThat(received).isEmpty();
    secure.stop(0);
  }

  @Test
  void anAuthorityThatIsNoneIsABadConfiguration() {
    for (String text :
        List.of("", "yes", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----")) {
      assertThatThrownBy(() -> new ProgressPoster(address, text, null, NEVER))
          .isInstanceOf(TrainingFailure.class)
          .hasMessageContaining("FUSION_PROGRESS_AUTHORITY has no certificates in PEM");
    }
  }

  @Test
  void waitsForItsTurnUnlessItIsUrgent() throws InterruptedException {
    var poster = new ProgressPoster(address, null, null, NEVER);
    poster.offer(report(1));
    assertThat(next().report().step()).isEqualTo(1);

    poster.offer(report(2));
    poster.offerUrgent(report(3));
    assertThat(next().report().step()).isEqualTo(3);

    poster.offer(report(4));
    poster.offer(report(5));
    poster.close();
    assertThat(next().report()).isEqualTo(report(5).apply(3));
    assertThat(received).isEmpty();
  }

  @Test
  void isHeldBackAsLongAsTheOperatorAsks() throws InterruptedException {
    status = 429;
    retryAfter = "30";
    var poster = new ProgressPoster(address, null, null, Duration.ZERO);
    poster.offer(report(1));
    assertThat(next().report().step()).isEqualTo(1);

    poster.offerUrgent(report(2));
    poster.close();
    assertThat(received).isEmpty();
  }

  @Test
  void thatNobodyTakesHoldsNothingUp() throws InterruptedException, IOException {
    var accepted = new CountDownLatch(1);
    try (var silent = new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      var acceptor =
          new Thread(
              () -> {
                try {
                  silent.accept(); // and answers nothing
                  accepted.countDown();
                } catch (IOException e) {
                  accepted.countDown();
                }
              });
      acceptor.setDaemon(true);
      acceptor.start();
      var poster =
          new ProgressPoster(
              URI.create("http://127.0.0.1:" + silent.getLocalPort()), null, null, Duration.ZERO);
      poster.offer(report(1));
      assertThat(accepted.await(20, TimeUnit.SECONDS)).isTrue();
      for (int step = 2; step < 1000; step++) {
        poster.offer(report(step)); // returns at once: the test would not end otherwise
      }
      poster.close(); // after two seconds at most, with an answer or without
    }
  }

  @Test
  void isNeverSentByAProxy() throws InterruptedException {
    ProxySelector before = ProxySelector.getDefault();
    // a proxy would take it, whatever the name before the path
    ProxySelector.setDefault(ProxySelector.of(server.getAddress()));
    try (var poster =
        new ProgressPoster(
            URI.create("http://operator.invalid/v1/progress"), null, tokenFile, Duration.ZERO)) {
      poster.offer(report(1));
    } finally {
      ProxySelector.setDefault(before);
    }
    assertThat(received).isEmpty();
  }

  @Test
  void isNotSentToWhereTheAnswerPoints() throws InterruptedException {
    status = 307;
    location = address.toString();
    try (var poster = new ProgressPoster(address, null, tokenFile, Duration.ZERO)) {
      poster.offer(report(1));
      assertThat(next().report().step()).isEqualTo(1);
    }
    assertThat(received).isEmpty();
  }

  @Test
  void anAnswerWithoutAnEndIsGivenUpForTheNextReport() throws InterruptedException {
    status = 202; // 204 has no body
    endless = true;
    try (var poster = new ProgressPoster(address, null, tokenFile, Duration.ZERO)) {
      poster.offer(report(1));
      assertThat(next().report().step()).isEqualTo(1);
      poster.offer(report(2));
      assertThat(next().report().step()).isEqualTo(2);
    }
  }

  private Received next() throws InterruptedException {
    Received next = received.poll(20, TimeUnit.SECONDS);
    assertThat(next).isNotNull();
    return java.util.Objects.requireNonNull(next);
  }

  private static java.util.function.LongFunction<ProgressReport> report(long step) {
    return sequence ->
        new ProgressReport(
            1, sequence, 1, 3, step, 375, 95.5, 60L, null, null, null, null, null, null, null);
  }
}
