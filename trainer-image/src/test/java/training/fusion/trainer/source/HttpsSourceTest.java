package training.fusion.trainer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import training.fusion.api.Source;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.format.IdxFiles;
import training.fusion.trainer.safetensors.FileDigest;

/** Against Jetty over TLS, with a proxy between that cuts connections. */
@Tag("process")
class HttpsSourceTest {
  private static final String WEIGHTS = "spec.model.pretrained.source";

  private static final Download.Patience SHORT =
      new Download.Patience(4, Duration.ofMillis(5), Duration.ofSeconds(20), 1);
  private static final int MEGABYTE = 1 << 20;

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private FileServer server;

  private final Recorder listener = Recorder.patient();

  @BeforeEach
  void start() throws Exception {
    server = new FileServer(Files.createDirectory(folder.resolve("served")), folder);
    server.trustInThisProcess();
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
  }

  @Test
  void anArchiveIsFetchedOnceAndUnpacked() throws IOException {
    serve(
        "digits.tgz",
        Archives.tarGz(
            Map.of(
                "digits/train-images-idx3-ubyte", IdxFiles.images(3, 2, 2),
                "digits/train-labels-idx1-ubyte", IdxFiles.labels(0, 1, 2))));
    Path data = sources(listener).dataset(source("digits.tgz", server.port()));
    assertThat(data.resolve("digits/train-images-idx3-ubyte"))
        .hasBinaryContent(IdxFiles.images(3, 2, 2));
    assertThat(data.resolve("digits/train-labels-idx1-ubyte")).exists();
    assertThat(listener.told).anyMatch(told -> told.startsWith("fetching https://localhost"));
    assertThat(sources(listener).dataset(source("digits.tgz", server.port()))).isEqualTo(data);
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void anEntryThatLostAFileIsFetchedAgain() throws IOException {
    serve("a.zip", Archives.zip(Map.of("x/one", new byte[9], "x/two", new byte[7])));
    Path data = sources(listener).dataset(source("a.zip", server.port()));
    Files.delete(data.resolve("x/two"));
    assertThat(sources(listener).dataset(source("a.zip", server.port())).resolve("x/two"))
        .hasSize(7);
    assertThat(server.requests).hasSize(2);
  }

  @Test
  void aCutConnectionGoesOnWhereItWasCut() throws IOException {
    byte[] content = serve("weights.pth", random(8 * MEGABYTE));
    try (var proxy = new CuttingProxy(server.port(), 3, 2 * MEGABYTE)) {
      Path file = sources(listener).weights(source("weights.pth", proxy.port()), WEIGHTS);
      assertThat(file).hasFileName("weights.pth").hasBinaryContent(content);
      assertThat(proxy.done).hasValue(3);
    }
    assertThat(server.requests).hasSize(4).startsWith("whole");
    assertThat(server.requests.subList(1, 4)).allMatch(range -> range.matches("bytes=[1-9]\\d+-"));
  }

  @Test
  void aServerWithoutRangesIsAskedForTheWholeFileAgain() throws IOException {
    byte[] content = serve("weights.pth", random(3 * MEGABYTE));
    server.ignoresRanges = true;
    try (var proxy = new CuttingProxy(server.port(), 1, 2 * MEGABYTE)) {
      assertThat(sources(listener).weights(source("weights.pth", proxy.port()), WEIGHTS))
          .hasBinaryContent(content);
    }
  }

  @ParameterizedTest
  @CsvSource({"10, 2", "0, 3"}) // within one second the server itself does not notice: sha256 does
  void aFileThatChangesWhileItIsFetchedIsFetchedAnewAndNeverMixed(int secondsLater, int requests)
      throws IOException {
    serve("weights.pth", random(4 * MEGABYTE));
    var stopping = Recorder.stoppingAfter(20);
    fails(() -> sources(stopping).weights(newSource(), WEIGHTS), ExitCode.TERMINATED);
    FileTime time = Files.getLastModifiedTime(served("weights.pth"));
    byte[] changed = serve("weights.pth", newContent());
    Files.setLastModifiedTime(
        served("weights.pth"), FileTime.from(time.toInstant().plusSeconds(secondsLater)));
    assertThat(sources(listener).weights(newSource(), WEIGHTS)).hasBinaryContent(changed);
    assertThat(server.requests).hasSize(requests).element(1).asString().startsWith("bytes=");
  }

  @Test
  void whatAStoppedProcessHadFetchedIsGoneOnWith() throws IOException {
    byte[] content = serve("weights.pth", random(4 * MEGABYTE));
    Source source = source("weights.pth", server.port());
    var stopping = Recorder.stoppingAfter(30);
    fails(() -> sources(stopping).weights(source, WEIGHTS), ExitCode.TERMINATED);
    assertThat(sources(listener).weights(source, WEIGHTS)).hasBinaryContent(content);
    assertThat(server.requests.get(1)).matches("bytes=[1-9]\\d+-");
  }

  @Test
  void whatAProcessThatWasStoppedWhileItUnpackedHadFetchedIsNotFetchedAgain() throws IOException {
    var files = Map.of("x/one", random(MEGABYTE), "x/two", random(MEGABYTE + 1));
    serve("a.zip", Archives.zip(files));
    Source source = source("a.zip", server.port());
    var stopping = Recorder.stoppingAt(told -> told.startsWith("unpacking"), 8);
    fails(() -> sources(stopping).dataset(source), ExitCode.TERMINATED);

    Path data = sources(listener).dataset(source);

    assertThat(data.resolve("x/one")).hasBinaryContent(files.get("x/one"));
    assertThat(data.resolve("x/two")).hasBinaryContent(files.get("x/two"));
    assertThat(server.requests).containsExactly("whole", "bytes=%d-".formatted(sizeOf("a.zip")));
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void whatNobodyHasGoneOnWithForADayIsRemovedAtTheNextUse() throws IOException {
    Source abandoned = beginning("abandoned.pth", MEGABYTE * 2);
    for (Path left : leftovers()) { // of a pod on a file system without locks, too
      copyTree(left, left.resolveSibling(left.getFileName() + "b1e0"));
    }
    makeOlder(Duration.ofHours(25));
    Source recent = beginning("recent.pth", MEGABYTE * 3);
    assertThat(leftovers()).as("the recent one's alone").hasSize(1);
    server.requests.clear();

    assertThat(sources(listener).weights(recent, WEIGHTS)).hasSize(MEGABYTE * 3);
    assertThat(sources(listener).weights(abandoned, WEIGHTS)).hasSize(MEGABYTE * 2);

    assertThat(server.requests).hasSize(2).element(0).asString().startsWith("bytes=");
    assertThat(server.requests).element(1).isEqualTo("whole");
    assertThat(leftovers()).isEmpty();
  }

  @Test
  void whatIsOldIsGoneOnWithByWhoeverWantsIt() throws IOException {
    Source source = beginning("weights.pth", MEGABYTE * 2);
    makeOlder(Duration.ofDays(30));
    server.requests.clear();

    assertThat(sources(listener).weights(source, WEIGHTS)).hasSize(MEGABYTE * 2);

    assertThat(server.requests).singleElement().asString().startsWith("bytes=");
  }

  @Test
  void anUnavailableServerIsAskedAgainAndAtLastGivenUpWith75() throws IOException {
    byte[] content = serve("weights.pth", random(100));
    Source source = source("weights.pth", server.port());
    server.unavailable.set(2);
    assertThat(sources(listener).weights(source, WEIGHTS)).hasBinaryContent(content);
    serve("other.pth", random(101));
    server.unavailable.set(1000);
    TrainingFailure failure =
        fails(
            () -> sources(listener).weights(source("other.pth", server.port()), WEIGHTS),
            ExitCode.TEMPORARY_IO);
    assertThat(failure).hasMessageContaining("other.pth").hasMessageContaining("status 503");
    server.unavailable.set(0);
  }

  @Test
  void noConnectionEndsWith75AndNamesTheHost() throws IOException {
    serve("weights.pth", random(100));
    var proxy = new CuttingProxy(server.port(), 0, 0);
    proxy.close();
    assertThat(
            fails(
                () -> sources(listener).weights(source("weights.pth", proxy.port()), WEIGHTS),
                ExitCode.TEMPORARY_IO))
        .hasMessageContaining("no connection to localhost");
  }

  @Test
  void aMissingFileEndsWith64AndTellsNoSecretOfItsAddress() {
    var https =
        new Source.Https(
            "https://localhost:%d/none.tgz?signature=s3cret".formatted(server.port()),
            "0".repeat(64),
            null);
    TrainingFailure failure =
        fails(
            () -> sources(listener).dataset(new Source(null, https, null, null)),
            ExitCode.BAD_CONFIGURATION);
    assertThat(failure)
        .hasMessageContaining("/none.tgz: the server answered with status 404")
        .hasMessageNotContaining("s3cret");
    assertThat(listener.told).noneMatch(told -> told.contains("s3cret"));
  }

  @Test
  void aSecretHeaderGoesToTheServerOfTheAddressAndToNoOtherThatItRedirectsTo() throws Exception {
    byte[] content = serve("weights.pth", random(100));
    Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
    Files.write(elsewhere.resolve("weights.pth"), content);
    try (var other = new FileServer(elsewhere, folder)) { // another port is another server
      server.redirects.put("/gated", "/here/gated");
      server.redirects.put("/here/gated", url("weights.pth?signature=1", other.port()));
      Source source = gated("gated", content);
      assertThat(secretly("Authorization: Bearer s3cret\n").weights(source, WEIGHTS))
          .hasBinaryContent(content);
      assertThat(server.authorizations).containsExactly("Bearer s3cret", "Bearer s3cret");
      assertThat(other.authorizations).containsExactly("none");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "http://localhost/x?KEY",
    "ftp://localhost/x",
    "//",
    "https:",
    "https://a b/?KEY",
    "''"
  })
  void aRedirectThatIsNotToHttpsEndsWith64(String to) {
    server.redirects.put("/gated", to);
    assertThat(
            fails(
                () -> secretly("A: b").weights(gated("gated", new byte[1]), WEIGHTS),
                ExitCode.BAD_CONFIGURATION))
        .hasMessageContaining("/gated: it redirects to an address that is not https")
        .hasMessageNotContaining("KEY");
  }

  @Test
  void aRedirectInARingEndsWith64() {
    server.redirects.put("/gated", "/gated");
    assertThat(
            fails(
                () -> secretly("A: b").weights(gated("gated", new byte[1]), WEIGHTS),
                ExitCode.BAD_CONFIGURATION))
        .hasMessageContaining("it redirects more than 10 times");
  }

  @ParameterizedTest
  @CsvSource({
    "''",
    "KEY",
    "Authorization:",
    "Bearer KEY",
    "Host: KEY",
    "Range: KEY",
    "'A: KEY\nB: 2'",
    "Ä: KEY"
  })
  void aSecretThatIsNoHeaderEndsWith64AndIsNotTold(String line) {
    assertThat(
            fails(
                () -> secretly(line).weights(gated("weights.pth", new byte[1]), WEIGHTS),
                ExitCode.BAD_CONFIGURATION))
        .hasMessageContaining("FUSION_WEIGHTS_HTTPS_HEADER")
        .hasMessageNotContaining("KEY");
    assertThat(server.requests).isEmpty();
  }

  @Test
  void aHostThatNobodyKnowsIsNamed() {
    var https = new Source.Https("https://data.invalid/a.tgz?KEY", "0".repeat(64), null);
    assertThat(
            fails(
                () -> sources(listener).dataset(new Source(null, https, null, null)),
                ExitCode.TEMPORARY_IO))
        .hasMessageContaining("the name data.invalid is not known")
        .hasMessageNotContaining("KEY");
  }

  @Test
  void anotherSha256EndsWith64AndNamesBoth() throws IOException {
    serve("weights.pth", random(100));
    String expected = "1".repeat(64);
    var https = new Source.Https(url("weights.pth", server.port()), expected, null);
    TrainingFailure failure =
        fails(
            () -> sources(listener).weights(new Source(null, https, null, null), WEIGHTS),
            ExitCode.BAD_CONFIGURATION);
    assertThat(failure)
        .hasMessageContaining(expected)
        .hasMessageContaining(FileDigest.of(served("weights.pth")).sha256())
        .hasMessageContaining("spec.model.pretrained.source.https.sha256");
  }

  @Test
  void anUntrustedCertificateEndsWith64AndSaysHowToTrustIt() throws Exception {
    serve("weights.pth", random(100));
    server.distrustInThisProcess();
    assertThat(
            fails(
                () -> sources(listener).weights(source("weights.pth", server.port()), WEIGHTS),
                ExitCode.BAD_CONFIGURATION))
        .hasMessageContaining("certificate is not trusted")
        .hasMessageContaining("javax.net.ssl.trustStore");
  }

  @Test
  void shardsInShortAreFetchedSideBySideStayPackedAndHaveOneSumTogether() throws Exception {
    Files.createDirectories(served("set/val"));
    MessageDigest together = Sha256.begin();
    List<String> names = List.of("train-08.tar", "train-09.tar", "train-10.tar", "val/0.tar");
    for (String name : names) {
      together.update(serve("set/" + name, Archives.tar(Map.of(name, random(2 * MEGABYTE)))));
    }
    String sum = Sha256.hex(together);
    try (var proxy = new CuttingProxy(server.port(), 1, MEGABYTE)) {
      Source source = shards("{train-{08..10},val/0}.tar?key=KEY", sum, proxy.port());
      Path data = sources(listener).shards(source);
      for (String name : names) {
        assertThat(data.resolve(name)).hasBinaryContent(Files.readAllBytes(served("set/" + name)));
      }
      int asked = server.requests.size();
      assertThat(sources(listener).shards(source)).isEqualTo(data);
      assertThat(server.requests).hasSize(asked);
    }
    TrainingFailure other =
        fails(
            () -> sources(listener).shards(shards("train-{08..09}.tar?KEY", sum, server.port())),
            ExitCode.BAD_CONFIGURATION);
    assertThat(other)
        .hasMessageContaining("train-08.tar and 1 more have together, one after the other, the sha")
        .hasMessageContaining(sum)
        .hasMessageNotContaining("KEY");
  }

  @Test
  void aShardThatIsMissingIsNamed() throws Exception {
    Files.createDirectories(served("set"));
    serve("set/0.tar", random(10));
    assertThat(
            fails(
                () -> sources(listener).shards(shards("{0..1}.tar", "0".repeat(64), server.port())),
                ExitCode.BAD_CONFIGURATION))
        .hasMessageContaining("/set/1.tar: the server answered with status 404");
  }

  private Source shards(String names, String sum, int port) {
    var https = new Source.Https(url("set/" + names, port), sum, null);
    return new Source(null, https, null, null);
  }

  @Test
  void twoAtOnceFetchOnce() throws IOException {
    byte[] content = serve("weights.pth", random(2 * MEGABYTE));
    Source source = source("weights.pth", server.port());
    var other =
        CompletableFuture.supplyAsync(() -> sources(Recorder.patient()).weights(source, WEIGHTS));
    assertThat(sources(listener).weights(source, WEIGHTS)).hasBinaryContent(content);
    assertThat(other.join()).hasBinaryContent(content);
    assertThat(server.requests).hasSize(1);
  }

  @Test
  void theProxyThatTheEnvironmentNamesIsAsked() throws IOException {
    byte[] content = serve("weights.pth", random(1000));
    try (var proxy = new ConnectProxy(server.port())) {
      var sources =
          new Sources(
              folder.resolve("cache"),
              Map.of("HTTPS_PROXY", proxy.address(), "NO_PROXY", "10.0.0.0/8"),
              listener,
              SHORT,
              Room.OF_VOLUME);
      String sha256 = FileDigest.of(folder.resolve("served/weights.pth")).sha256();
      var https = new Source.Https("https://files.example/weights.pth", sha256, null);

      assertThat(sources.weights(new Source(null, https, null, null), WEIGHTS))
          .hasBinaryContent(content);
      assertThat(proxy.asked).containsExactly("CONNECT files.example:443 HTTP/1.1");
    }
  }

  /** A file of which a process that was stopped has fetched a part. */
  private Source beginning(String name, int length) throws IOException {
    serve(name, random(length));
    Source source = source(name, server.port());
    var stopping = Recorder.stoppingAfter(10);
    fails(() -> sources(stopping).weights(source, WEIGHTS), ExitCode.TERMINATED);
    return source;
  }

  private List<Path> leftovers() throws IOException {
    try (Stream<Path> all = Files.list(folder.resolve("cache"))) {
      return all.filter(path -> path.getFileName().toString().startsWith(".unfinished-")).toList();
    }
  }

  private void makeOlder(Duration age) throws IOException {
    FileTime then = FileTime.from(Instant.now().minus(age));
    for (Path left : leftovers()) {
      try (Stream<Path> paths = Files.walk(left)) {
        for (Path path : paths.toList()) {
          Files.setLastModifiedTime(path, then);
        }
      }
    }
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path)));
      }
    }
  }

  private long sizeOf(String name) throws IOException {
    return Files.size(served(name));
  }

  private Sources sources(FetchListener told) {
    return new Sources(folder.resolve("cache"), Map.of(), told, SHORT, Room.OF_VOLUME);
  }

  private Sources secretly(String header) {
    return new Sources(
        folder.resolve("cache"),
        Map.of("FUSION_WEIGHTS_HTTPS_HEADER", header),
        listener,
        SHORT,
        Room.OF_VOLUME);
  }

  /** A file that its owner shows to those alone who prove who they are. */
  private Source gated(String name, byte[] content) throws IOException {
    Path file = Files.write(folder.resolve("gated"), content);
    var https =
        new Source.Https(url(name, server.port()), FileDigest.of(file).sha256(), "a-secret");
    return new Source(null, https, null, null);
  }

  private byte[] serve(String name, byte[] content) throws IOException {
    Files.write(served(name), content);
    return content;
  }

  private Path served(String name) {
    return folder.resolve("served").resolve(name);
  }

  private static String url(String name, int port) {
    return "https://localhost:%d/%s".formatted(port, name);
  }

  private Source source(String name, int port) throws IOException {
    var https = new Source.Https(url(name, port), FileDigest.of(served(name)).sha256(), null);
    return new Source(null, https, null, null);
  }

  private static byte[] newContent() {
    byte[] content = new byte[3 * MEGABYTE];
    new Random(2).nextBytes(content);
    return content;
  }

  private Source newSource() throws IOException {
    Path file = Files.write(folder.resolve("new"), newContent());
    var https =
        new Source.Https(url("weights.pth", server.port()), FileDigest.of(file).sha256(), null);
    return new Source(null, https, null, null);
  }

  private static byte[] random(int length) {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return content;
  }

  private interface Fetch {
    Object run() throws IOException;
  }

  private static TrainingFailure fails(Fetch fetch, ExitCode code) {
    TrainingFailure failure = catchThrowableOfType(TrainingFailure.class, fetch::run);
    assertThat(failure.exitCode()).isEqualTo(code);
    assertThat(failure.getMessage()).doesNotContain("\n");
    return failure;
  }
}
