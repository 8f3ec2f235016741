package training.fusion.trainer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import training.fusion.api.Source;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.safetensors.FileDigest;

/** Servers that send what no right one does. */
@Tag("process")
@DisplayName("A server")
@Timeout(value = 90, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileServersTest {
  private static final String WEIGHTS = "spec.model.pretrained.source";

  private static final int ROOM = 4 << 20;
  private static final Map<String, String> KEY =
      Map.of("FUSION_DATA_S3_ACCESS_KEY_ID", "id", "FUSION_DATA_S3_SECRET_ACCESS_KEY", "s3cret");

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private FileServer files;

  @BeforeEach
  void start() throws Exception {
    files = new FileServer(Files.createDirectory(folder.resolve("served")), folder);
    files.trustInThisProcess();
  }

  @AfterEach
  void stop() throws Exception {
    files.close();
  }

  @Test
  @DisplayName("whose file has no end is given up with 64, and nothing of it is left")
  void endless() throws Exception {
    byte[] piece = new byte[1 << 16];
    try (var server =
        https(
            out -> {
              out.write(
                  "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.UTF_8));
              while (true) {
                out.write(piece);
              }
            })) {
      assertThat(fails(server, Duration.ofSeconds(20), ExitCode.BAD_CONFIGURATION))
          .hasMessageContaining("has no end that the volume of")
          .hasMessageContaining("take a larger volume");
      assertThat(server.requests).hasValue(1);
    }
    assertNothingLeft();
  }

  @Test
  @DisplayName("whose file is larger than the room is given up before it is fetched")
  void tooLarge() throws Exception {
    try (var server =
        https(
            RawServer.text(
                "HTTP/1.1 200 OK\nContent-Length: %d\n\nbeginning".formatted(ROOM + 1L)))) {
      assertThat(fails(server, Duration.ofSeconds(20), ExitCode.TEMPORARY_IO))
          .hasMessageContaining("has no room for them");
      assertThat(server.requests).hasValue(1);
    }
    assertNothingLeft();
  }

  @Test
  @DisplayName("that sends a byte now and then is given up with 75")
  void trickle() throws Exception {
    try (var server =
        https(
            out -> {
              out.write(
                  "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"
                      .getBytes(StandardCharsets.UTF_8));
              while (true) {
                out.write(0);
                out.flush();
                LockSupport.parkNanos(1_000_000);
              }
            })) {
      assertThat(fails(server, Duration.ofMillis(100), ExitCode.TEMPORARY_IO))
          .hasMessageContaining("4 attempts brought nothing more");
    }
  }

  static Stream<Arguments> heads() {
    String long20 = "9".repeat(20);
    return Stream.of(
        arguments("a length beyond a long", "200 OK", "Content-Length: " + long20),
        arguments("a length below 0", "200 OK", "Content-Length: -5"),
        arguments(
            "a range beyond a long", "206 Partial Content", "Content-Range: bytes 0-1/" + long20),
        arguments(
            "a range that begins beyond a long",
            "206 Partial Content",
            "Content-Range: bytes %s-%s/*".formatted(long20, long20)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("heads")
  @DisplayName("that announces what no file can be ends the fetch with an exit code, in a sentence")
  void heads(String what, String status, String header) throws Exception {
    try (var server =
        https(
            RawServer.text("HTTP/1.1 %s\n%s\nConnection: close\n\nxx".formatted(status, header)))) {
      TrainingFailure failure =
          catchThrowableOfType(
              TrainingFailure.class,
              () -> sources(Duration.ofSeconds(20)).weights(source(server), WEIGHTS));
      assertThat(failure.exitCode()).isIn(ExitCode.BAD_CONFIGURATION, ExitCode.TEMPORARY_IO);
      assertThat(failure.getMessage()).doesNotContain("Exception").doesNotContain("\n");
    }
  }

  @Test
  @DisplayName("whose archive is refused leaves nothing of it behind")
  void refusedArchive() throws Exception {
    byte[] zeros = new byte[1 << 20];
    byte[] archive =
        training.fusion.trainer.format.IdxFiles.gzip(
            Archives.tar(
                Archives.file("large", zeros),
                Archives.link((byte) '2', "innocent", "/etc/passwd")));
    Path served = Files.write(folder.resolve("served/a.tgz"), archive);
    var https =
        new Source.Https(
            "https://localhost:%d/a.tgz".formatted(files.port()),
            FileDigest.of(served).sha256(),
            null);
    TrainingFailure failure =
        catchThrowableOfType(
            TrainingFailure.class,
            () -> sources(Duration.ofSeconds(20)).dataset(new Source(null, https, null, null)));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
    assertThat(failure).hasMessageContaining("innocent");
    assertNothingLeft();
  }

  static Stream<Arguments> listings() {
    String object = "<Key>set/a</Key><Size>1</Size><ETag>\"e\"</ETag>";
    return Stream.of(
        arguments("no key", object.replace("<Key>set/a</Key>", ""), "lacks what it has to say"),
        arguments("no size", object.replace("<Size>1</Size>", ""), "lacks what it has to say"),
        arguments("no ETag", object.replaceAll("<ETag>.*</ETag>", ""), "lacks what it has to say"),
        arguments("a size below 0", object.replace(">1<", ">-1<"), "lacks what it has to say"),
        arguments(
            "a size beyond a long",
            object.replace(">1<", ">" + "9".repeat(20) + "<"),
            "cannot be read"),
        arguments("a size in words", object.replace(">1<", ">one<"), "cannot be read"),
        arguments(
            "a key that leaves", object.replace("set/a", "set/../../a"), "no file below a folder"),
        arguments("an empty key", object.replace("set/a", "set//a"), "no file below a folder"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("listings")
  @DisplayName(
      "whose listing of a bucket lacks something, or says what can't be, ends the fetch with 64")
  void listings(String what, String object, String says) throws Exception {
    try (var server = listing("<Contents>%s</Contents>".formatted(object))) {
      assertThat(listed(server)).hasMessageContaining(says);
      assertThat(server.requests).hasValue(1);
    }
  }

  @ParameterizedTest
  @org.junit.jupiter.params.provider.ValueSource(
      strings = {"", "<NextContinuationToken>again</NextContinuationToken>"})
  @DisplayName("whose listing never ends is given up with 64")
  void endlessListing(String token) throws Exception {
    try (var server =
        listing(
            "<Contents><Key>set/a</Key><Size>1</Size><ETag>e</ETag></Contents><IsTruncated>true</IsTruncated>"
                + token)) {
      assertThat(listed(server)).hasMessageContaining("has no end");
      assertThat(server.requests).hasValueLessThan(3);
    }
  }

  @Test
  @DisplayName("that answers a listing with a web page ends the fetch with 64")
  void webPage() throws Exception {
    try (var server =
        RawServer.http(
            RawServer.text(
                "HTTP/1.1 200 OK\nContent-Type: text/html\nConnection: close\n\n<html><p>Sign in</html>"))) {
      assertThat(listed(server)).hasMessageContaining("s3://data/set");
    }
  }

  private static RawServer listing(String content) throws IOException {
    String body =
        "<?xml version=\"1.0\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><Name>data</Name>%s</ListBucketResult>"
            .formatted(content);
    return RawServer.http(
        RawServer.text(
            "HTTP/1.1 200 OK\nContent-Type: application/xml\nContent-Length: %d\nConnection: close\n\n%s"
                .formatted(body.length(), body)));
  }

  private TrainingFailure listed(RawServer server) {
    var s3 =
        new Source.S3("s3://data/set", "http://127.0.0.1:" + server.port(), "eu-central-1", "key");
    TrainingFailure failure =
        catchThrowableOfType(
            TrainingFailure.class,
            () -> sources(Duration.ofSeconds(20)).dataset(new Source(null, null, s3, null)));
    assertThat(failure.exitCode()).as(failure.getMessage()).isEqualTo(ExitCode.BAD_CONFIGURATION);
    assertThat(failure.getMessage()).doesNotContain("Exception").doesNotContain("\n");
    return failure;
  }

  private RawServer https(RawServer.Answer answer) throws Exception {
    return RawServer.https(files.trustStore(), answer);
  }

  private TrainingFailure fails(RawServer server, Duration silence, ExitCode code) {
    TrainingFailure failure =
        catchThrowableOfType(
            TrainingFailure.class, () -> sources(silence).weights(source(server), WEIGHTS));
    assertThat(failure.exitCode()).as(failure.getMessage()).isEqualTo(code);
    return failure;
  }

  private static Source source(RawServer server) {
    var https =
        new Source.Https(
            "https://localhost:%d/file".formatted(server.port()), "0".repeat(64), null);
    return new Source(null, https, null, null);
  }

  private Sources sources(Duration silence) {
    return new Sources(
        folder.resolve("cache"),
        KEY,
        Recorder.patient(),
        new Download.Patience(4, Duration.ofMillis(5), silence, 1 << 16),
        into -> ROOM - Archives.bytesBelow(into));
  }

  private void assertNothingLeft() {
    assertThat(Archives.bytesBelow(folder.resolve("cache"))).isZero();
  }
}
