package training.fusion.trainer.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.blobstore.BlobStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.api.Source;
import training.fusion.api.run.ExitCode;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.bucket.S3Servers;
import training.fusion.trainer.format.IdxFiles;

/** Against s3proxy, an S3 server that checks signatures. */
class S3SourceTest {
  private static final Download.Patience SHORT =
      new Download.Patience(3, Duration.ofMillis(5), Duration.ofSeconds(20), 1);
  private static final Map<String, String> KEY =
      Map.of("FUSION_DATA_S3_ACCESS_KEY_ID", "id", "FUSION_DATA_S3_SECRET_ACCESS_KEY", "s3cret");

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private S3Proxy server;

  @SuppressWarnings("NullAway.Init") // set before each test
  private BlobStore store;

  private final Recorder listener = Recorder.patient();

  @BeforeEach
  void start() throws Exception {
    store = S3Servers.store("data");
    server = S3Servers.start(store, 0);
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    store.getContext().close();
  }

  @Test
  void everyObjectBelowThePrefixIsFetchedOnce() {
    put("mnist/train-images-idx3-ubyte", IdxFiles.images(3, 2, 2));
    put("mnist/deep/er/labels", IdxFiles.labels(0, 1, 2));
    put("mnist2/other", new byte[5]);
    Path data = sources(KEY).dataset(source("s3://data/mnist", server.getPort()));
    assertThat(data.resolve("train-images-idx3-ubyte")).hasBinaryContent(IdxFiles.images(3, 2, 2));
    assertThat(data.resolve("deep/er/labels")).hasBinaryContent(IdxFiles.labels(0, 1, 2));
    assertThat(data.resolve("other")).doesNotExist();
    int told = fetches();
    assertThat(told).isEqualTo(2);
    assertThat(sources(KEY).dataset(source("s3://data/mnist", server.getPort()))).isEqualTo(data);
    assertThat(fetches()).isEqualTo(told);
    put("mnist/deep/er/labels", IdxFiles.labels(2, 1, 0));
    Path changed = sources(KEY).dataset(source("s3://data/mnist", server.getPort()));
    assertThat(changed).isNotEqualTo(data);
    assertThat(changed.resolve("deep/er/labels")).hasBinaryContent(IdxFiles.labels(2, 1, 0));
  }

  /** Each waits until four have begun to come: one after another they would wait for ever. */
  @Test
  @Timeout(60)
  void manyObjectsAreFetchedSideBySide() {
    for (int i = 0; i < 8; i++) {
      put("set/%d/a".formatted(i), new byte[i + 1]);
    }
    var four = new CyclicBarrier(4);
    var waiting =
        new FetchListener() {
          @Override
          public void moved(String activity) {
            if (activity.startsWith("fetching s3:")) {
              assertThatCode(() -> four.await(30, TimeUnit.SECONDS)).doesNotThrowAnyException();
            }
          }

          @Override
          public void mayGoOn() {}
        };
    Path data =
        new Sources(folder.resolve("cache"), KEY, waiting, SHORT, Room.OF_VOLUME)
            .dataset(source("s3://data/set", server.getPort()));
    for (int i = 0; i < 8; i++) {
      assertThat(data.resolve("%d/a".formatted(i))).hasSize(i + 1);
    }
  }

  @Test
  void anEndThatIsAskedForEndsAllOfThem() {
    for (int i = 0; i < 200; i++) {
      put("set/%d".formatted(i), new byte[i + 1]);
    }
    Recorder stopping = Recorder.stoppingAfter(20);
    var stopped = new Sources(folder.resolve("cache"), KEY, stopping, SHORT, Room.OF_VOLUME);
    Source source = source("s3://data/set", server.getPort());
    assertThatThrownBy(() -> stopped.dataset(source)).hasMessage("stopped");
    assertThat(stopping.told).hasSizeLessThan(100);
    assertThat(sources(KEY).dataset(source).resolve("199")).hasSize(200);
    assertThat(fetches()).as("what came before is kept").isLessThan(200);
  }

  @Test
  void anArchiveThatIsAloneIsUnpacked() throws IOException {
    put(
        "sets/digits.tgz",
        Archives.tarGz(Map.of("digits/a", new byte[3], "digits/b", new byte[4])));
    Path data = sources(KEY).dataset(source("s3://data/sets/digits.tgz", server.getPort()));
    assertThat(data.resolve("digits/a")).hasSize(3);
    assertThat(data.resolve("digits/b")).hasSize(4);
  }

  @Test
  void shardsInShortAreThoseOfTheirNamesAndStayPacked() throws IOException {
    byte[] tar = Archives.tar(Map.of("a.jpg", new byte[3]));
    for (String name : new String[] {"train-00.tar", "train-01.tar", "val-00.tar"}) {
      put("sets/" + name, tar);
    }
    put("sets/other.bin", new byte[9]);
    String uri = "s3://data/sets/{train-{00..01},val-00}.tar";
    Path data = sources(KEY).shards(source(uri, server.getPort()));
    assertThat(data.resolve("train-01.tar")).hasBinaryContent(tar);
    assertThat(data.resolve("val-00.tar")).hasBinaryContent(tar);
    assertThat(data.resolve("other.bin")).doesNotExist();
    Path one = sources(KEY).shards(source("s3://data/sets/train-00.tar", server.getPort()));
    assertThat(one.resolve("train-00.tar")).hasBinaryContent(tar);
    Path all = sources(KEY).shards(source("s3://data/sets", server.getPort()));
    assertThat(all.resolve("other.bin")).exists();
    assertThatThrownBy(
            () ->
                sources(KEY).shards(source("s3://data/sets/train-{00..03}.tar", server.getPort())))
        .hasMessageContaining("spec.dataset.source.s3.uri: 2 of its 4 shards are not in")
        .hasMessageContaining("train-02.tar the first");
  }

  @Test
  void aCutConnectionGoesOnWhereItWasCut() throws IOException {
    byte[] content = new byte[5 << 20];
    new Random(1).nextBytes(content);
    put("set/large", content);
    put("set/small", new byte[1]);
    try (var proxy = new CuttingProxy(server.getPort(), 2, 2 << 20)) {
      Path data = sources(KEY).dataset(source("s3://data/set", proxy.port()));
      assertThat(data.resolve("large")).hasBinaryContent(content);
      assertThat(proxy.done).hasValueGreaterThanOrEqualTo(1);
    }
  }

  @Test
  void aWrongKeyEndsWith64AndNamesTheSecretsField() {
    put("set/a", new byte[1]);
    var wrong =
        Map.of("FUSION_DATA_S3_ACCESS_KEY_ID", "id", "FUSION_DATA_S3_SECRET_ACCESS_KEY", "wr0ng");
    assertThat(fails(wrong, "s3://data/set", server.getPort(), ExitCode.BAD_CONFIGURATION))
        .hasMessageContaining("status 403")
        .hasMessageContaining("spec.dataset.source.s3.secretName")
        .hasMessageNotContaining("wr0ng");
  }

  @Test
  void anEmptyPrefixAndAMissingBucketEndWith64() {
    assertThat(fails(KEY, "s3://data/none", server.getPort(), ExitCode.BAD_CONFIGURATION))
        .hasMessageContaining("there is no object below s3://data/none");
    assertThat(fails(KEY, "s3://nowhere/none", server.getPort(), ExitCode.BAD_CONFIGURATION))
        .hasMessageContaining("status 404");
  }

  @Test
  void theProxyThatTheEnvironmentNamesIsAsked() throws IOException {
    put("set/a", new byte[7]);
    put("set/b", new byte[9]);
    try (var proxy = new CuttingProxy(server.getPort(), 0, 0)) {
      Map<String, String> environment = new HashMap<>(KEY);
      environment.put("http_proxy", "127.0.0.1:" + proxy.port());
      var s3 = new Source.S3("s3://data/set", "http://s3.example:9000", "eu-central-1", "key");

      Path data = sources(environment).dataset(new Source(null, null, s3, null));

      assertThat(data.resolve("b")).hasSize(9); // s3.example is no host that is known
    }
  }

  @Test
  void noConnectionEndsWith75() throws IOException {
    var closed = new CuttingProxy(server.getPort(), 0, 0);
    closed.close();
    assertThat(fails(KEY, "s3://data/set", closed.port(), ExitCode.TEMPORARY_IO))
        .hasMessageContaining("127.0.0.1");
  }

  private int fetches() {
    return (int) listener.told.stream().filter(told -> told.startsWith("fetching s3:")).count();
  }

  private void put(String key, byte[] content) {
    store.putBlob(
        "data", store.blobBuilder(key).payload(content).contentLength(content.length).build());
  }

  private Sources sources(Map<String, String> environment) {
    return new Sources(folder.resolve("cache"), environment, listener, SHORT, Room.OF_VOLUME);
  }

  private static Source source(String uri, int port) {
    var s3 = new Source.S3(uri, "http://127.0.0.1:" + port, "eu-central-1", "key");
    return new Source(null, null, s3, null);
  }

  private TrainingFailure fails(
      Map<String, String> environment, String uri, int port, ExitCode code) {
    Callable<Path> fetch = () -> sources(environment).dataset(source(uri, port));
    TrainingFailure failure = catchThrowableOfType(TrainingFailure.class, fetch::call);
    assertThat(failure.exitCode()).isEqualTo(code);
    assertThat(failure.getMessage()).doesNotContain("\n");
    return failure;
  }
}
