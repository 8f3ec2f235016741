package training.fusion.trainer.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.blobstore.BlobStore;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.Main;
import training.fusion.trainer.bucket.S3Servers;
import training.fusion.trainer.format.TensorFileWriter;
import training.fusion.trainer.safetensors.FileDigest;
import training.fusion.trainer.safetensors.TensorSource;
import training.fusion.trainer.source.FileServer;

/** Forty rows of [3, 8, 8] in five classes, in one file and in two. */
@Tag("process")
@DisplayName("A training whose network and tensors are fetched")
class FetchedTensorsTest {
  private static final int ROWS = 40;
  private static final int VALUES = 3 * 8 * 8;
  private static final Path MODULE = Path.of("src/test/resources/modules/dropping.pt");

  private static final String TRAINING =
      """
      apiVersion: fusion.training/v1alpha1
      kind: FusionTraining
      metadata: {name: fetched}
      spec:
        model:
          module:
            source: {%s}
            blocks: [[scale, features.0, features.1], [features.3, features.4], [mix, gains], [head]]
        dataset:
          format: Tensors
          source: {%s}
          split: {validation: 0.25, test: 0.25, seed: 0}
        optimization:
          fusion:
            lowLevel: {lastBlock: 1, optimizer: {type: Adam, learningRate: 0.01}}
            highLevel: {optimizer: {type: SGD, learningRate: 0.05}}
        training: {epochs: 2, batchSize: 10, seed: 1}
        pod: {gpu: {count: 0}}
      """;

  private static final String CLAIM = "persistentVolumeClaim: {claimName: here}";
  private static final String HTTPS = "https: {url: 'https://localhost:%d/%s', sha256: %s}";
  private static final String S3 =
      "s3: {uri: 's3://data/%s', endpoint: 'http://127.0.0.1:%d', secretName: key}";

  @SuppressWarnings("NullAway.Init") // JUnit sets it
  @TempDir
  private Path folder;

  @SuppressWarnings("NullAway.Init") // set before each test
  private RunFolder here;

  @BeforeEach
  void trainOnWhatIsHere() throws IOException, InterruptedException {
    write("here/all.safetensors", 0, ROWS);
    here =
        train(
            "here",
            TRAINING.formatted(CLAIM, CLAIM),
            List.of(),
            List.of(),
            "--data=" + folder.resolve("here"),
            "--weights=" + MODULE);
  }

  @Test
  @DisplayName("over https is the one on the same files here, bit for bit")
  void overHttps() throws Exception {
    Path served = Files.createDirectory(folder.resolve("served"));
    Path data = Files.copy(folder.resolve("here/all.safetensors"), served.resolve("a.safetensors"));
    Path module = Files.copy(MODULE, served.resolve("net.pt"));
    try (var server = new FileServer(served, folder)) {
      RunFolder fetched =
          train(
              "https",
              TRAINING.formatted(
                  HTTPS.formatted(server.port(), "net.pt", FileDigest.of(module).sha256()),
                  HTTPS.formatted(server.port(), "a.safetensors", FileDigest.of(data).sha256())),
              List.of(),
              List.of(
                  "-Djavax.net.ssl.trustStore=" + server.trustStore(),
                  "-Djavax.net.ssl.trustStorePassword=" + FileServer.PASSWORD));
      mustEqual(fetched);
    }
  }

  @Test
  @DisplayName("from a bucket, where they lie in two files, is it, too")
  void fromABucket() throws Exception {
    BlobStore store = S3Servers.store("data");
    S3Proxy server = S3Servers.start(store, 0);
    try {
      put(store, "nets/net.pt", MODULE);
      put(store, "set/all-00.safetensors", write("parts/all-00.safetensors", 0, 16));
      put(store, "set/all-01.safetensors", write("parts/all-01.safetensors", 16, ROWS));
      List<String> key = new ArrayList<>(List.of("env"));
      for (String of : List.of("DATA", "WEIGHTS")) {
        key.add("FUSION_%s_S3_ACCESS_KEY_ID=id".formatted(of));
        key.add("FUSION_%s_S3_SECRET_ACCESS_KEY=s3cret".formatted(of));
      }
      RunFolder fetched =
          train(
              "bucket",
              TRAINING.formatted(
                  S3.formatted("nets/net.pt", server.getPort()),
                  S3.formatted("set", server.getPort())),
              key,
              List.of());
      mustEqual(fetched);
    } finally {
      server.stop();
      store.getContext().close();
    }
  }

  private void mustEqual(RunFolder fetched) throws IOException {
    assertThat(fetched.history()).isEqualTo(here.history());
    assertThat(fetched.steps()).isEqualTo(here.steps());
    assertThat(fetched.result().at("/model/sha256")).isEqualTo(here.result().at("/model/sha256"));
    assertThat(fetched.path().resolve("model.torchscript.pt"))
        .hasSameBinaryContentAs(here.path().resolve("model.torchscript.pt"));
  }

  private RunFolder train(
      String name, String training, List<String> before, List<String> options, String... more)
      throws IOException, InterruptedException {
    Path file = Files.writeString(folder.resolve(name + ".yaml"), training);
    var run = new RunFolder(folder.resolve(name + "-out"));
    List<String> line = new ArrayList<>(List.of("train", file.toString()));
    line.add("--output=" + run.path());
    line.addAll(List.of(more));
    try (var trainer =
        TrainerProcess.start(
            folder.resolve(name + ".log"),
            before,
            options,
            Main.class,
            line.toArray(String[]::new))) {
      assertThat(trainer.exitCode()).as(trainer.said()).isZero();
    }
    return run;
  }

  private Path write(String name, int from, int to) {
    int rows = to - from;
    float[] values = new float[rows * VALUES];
    for (int i = 0; i < values.length; i++) {
      int row = from + i / VALUES;
      values[i] = row % 5 == i % VALUES % 5 ? 2 : (row + i % VALUES) % 7 * 0.1f;
    }
    long[] labels = new long[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = (from + i) % 5L;
    }
    TensorSource x = TensorFileWriter.floats("x", List.of((long) rows, 3L, 8L, 8L), values);
    return TensorFileWriter.write(folder.resolve(name), x, TensorFileWriter.longs("label", labels));
  }

  private static void put(BlobStore store, String key, Path file) throws IOException {
    byte[] content = Files.readAllBytes(file);
    store.putBlob(
        "data", store.blobBuilder(key).payload(content).contentLength(content.length).build());
  }
}
