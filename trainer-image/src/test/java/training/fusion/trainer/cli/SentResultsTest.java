package training.fusion.trainer.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.domain.StorageMetadata;
import org.jclouds.blobstore.options.ListContainerOptions;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.Main;
import training.fusion.trainer.bucket.S3Servers;
import training.fusion.trainer.format.IdxFiles;

/** Trainers that send their results to a bucket, whose server comes and goes. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@Tag("process")
@Timeout(value = 240, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SentResultsTest {
  @TempDir private Path folder;
  private int port;

  @Test
  void what_could_not_be_sent_is_kept_and_sent_by_the_next_attempt_without_a_step()
      throws Exception {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    IdxFiles.write(folder, "t10k", IdxFiles.images(30, 8, 8), IdxFiles.cyclicLabels(30, 3));
    Path run = folder.resolve("out");

    try (var trainer = train("s3cret")) {
      assertThat(trainer.exitCode()).as(trainer.said()).isEqualTo(75);
      assertThat(trainer.said())
          .contains("(training goes on)", "they are in the run's folder")
          .doesNotContain("s3cret");
    }
    String result = Files.readString(run.resolve("result.json"));
    String steps = Files.readString(run.resolve("steps.log"));
    assertThat(result).contains("\"model\"").doesNotContain("failure");

    BlobStore store = S3Servers.store("results");
    S3Proxy server = S3Servers.start(store, port);
    try {
      try (var trainer = train("s3cret")) {
        assertThat(trainer.exitCode()).as(trainer.said()).isZero();
        assertThat(trainer.said()).contains("results are in s3://results/models/out/");
      }
      assertThat(store.list("results", ListContainerOptions.Builder.recursive()))
          .extracting(it -> it.getName().replaceFirst(".*/", ""))
          .contains("model.safetensors", "model.torchscript.pt", "report.html", "SHA256SUMS");
      assertThat(Files.readString(run.resolve("result.json"))).isEqualTo(result);
      assertThat(Files.readString(run.resolve("steps.log"))).isEqualTo(steps);

      try (var trainer = trainInto("other", "wr0ng", "")) {
        assertThat(trainer.exitCode()).as(trainer.said()).isEqualTo(64);
        assertThat(trainer.said()).contains("status 403").doesNotContain("step", "wr0ng");
      }
    } finally {
      server.stop();
      store.getContext().close();
    }
  }

  /** Beside a run that shows them, so that it is seen what is missing. */
  @Test
  void pictures_that_a_report_may_not_show_are_neither_in_the_folder_nor_in_the_bucket()
      throws Exception {
    // so many classes that the page has their confusion matrix as a picture
    IdxFiles.write(folder, "t10k", IdxFiles.images(400, 8, 8), IdxFiles.cyclicLabels(400, 40));
    BlobStore store = S3Servers.store("results");
    S3Proxy server = S3Servers.start(store, 0);
    port = server.getPort();
    try {
      for (boolean pictures : List.of(true, false)) {
        String output = pictures ? "shown" : "withheld";
        String report = "report: {pictures: %s}".formatted(pictures);
        try (var trainer = trainInto(output, "s3cret", report)) {
          assertThat(trainer.exitCode()).as(trainer.said()).isZero();
        }
      }
      assertThat(withPictures(folder.resolve("shown")))
          .containsExactlyInAnyOrder("evaluation.json", "report.html");
      assertThat(withPictures(folder.resolve("withheld"))).isEmpty();
      assertThat(folder.resolve("withheld/report.html"))
          .content()
          .contains(
              "taken for", "spec.report.pictures is false", "<img class=\"heat\" src=\"data:");
      assertThat(sent(store, "withheld")).isNotEmpty().noneMatch(SentResultsTest::hasPicture);
      assertThat(sent(store, "shown")).filteredOn(SentResultsTest::hasPicture).hasSize(1);
    } finally {
      server.stop();
      store.getContext().close();
    }
  }

  private static List<String> withPictures(Path run) throws IOException {
    try (Stream<Path> files = Files.walk(run)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> hasPicture(bytes(() -> Files.newInputStream(file))))
          .map(file -> run.relativize(file).toString())
          .toList();
    }
  }

  /** The contents of what was sent of a run. */
  private static List<byte[]> sent(BlobStore store, String training) {
    return store.list("results", ListContainerOptions.Builder.recursive()).stream()
        .map(StorageMetadata::getName)
        .filter(name -> name.startsWith("models/" + training + "/"))
        .map(name -> bytes(store.getBlob("results", name).getPayload()::openStream))
        .toList();
  }

  private static boolean hasPicture(byte[] content) {
    String text = new String(content, ISO_8859_1);
    return text.contains("<img src=\"data:image/") || text.contains("\"picture\" : \"data:image/");
  }

  private interface Content {
    InputStream open() throws IOException;
  }

  private static byte[] bytes(Content content) {
    try (InputStream stream = content.open()) {
      return stream.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private TrainerProcess train(String key) throws Exception {
    return trainInto("out", key, "");
  }

  private TrainerProcess trainInto(String output, String key, String report) throws Exception {
    Path file =
        Files.writeString(
            folder.resolve("training.yaml"),
            """
            apiVersion: fusion.training/v1alpha1
            kind: FusionTraining
            metadata: {name: %s}
            spec:
              model: {architecture: ResNet-18}
              dataset:
                format: IDX
                source: {persistentVolumeClaim: {claimName: data}}
                split: {validation: 0.1, test: 0.1, seed: 0}
              optimization: {single: {optimizer: {type: SGD, learningRate: 1e-3}}}
              training: {epochs: 1, batchSize: 8, imageSize: 32, seed: 1}
              artifacts: {s3: {uri: 's3://results/models', endpoint: 'http://127.0.0.1:%d'}, eachEpoch: true}
              pod: {gpu: {count: 0}}
              %s
            """
                .formatted(output, port, report));
    return TrainerProcess.start(
        folder.resolve("log"),
        List.of("env", "AWS_ACCESS_KEY_ID=id", "AWS_SECRET_ACCESS_KEY=" + key),
        // as in a container, whose file system is read-only
        List.of("-Djava.io.tmpdir=" + folder.resolve("absent")),
        Main.class,
        "train",
        file.toString(),
        "--data=" + folder,
        "--output=" + folder.resolve(output));
  }
}
