package training.fusion.trainer.artifact;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.jclouds.blobstore.options.ListContainerOptions.Builder.recursive;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.gaul.s3proxy.S3Proxy;
import org.jclouds.blobstore.BlobStore;
import org.jclouds.blobstore.domain.BlobMetadata;
import org.jclouds.blobstore.util.ForwardingBlobStore;
import org.jclouds.rest.AuthorizationException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import training.fusion.api.Source;
import training.fusion.api.run.ExitCode;
import training.fusion.api.run.RunConfiguration;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.bucket.S3Servers;
import training.fusion.trainer.safetensors.FileDigest;

/** Against s3proxy, an S3 server that checks signatures and digests. */
@NullUnmarked // an assertion that fails is the answer to what is absent
class ArtifactBucketTest {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final String PREFIX = "models/digits/run1/";
  private static final Map<String, String> KEY =
      Map.of(
          "FUSION_ARTIFACTS_S3_ACCESS_KEY_ID", "id",
          "FUSION_ARTIFACTS_S3_SECRET_ACCESS_KEY", "s3cret");

  @TempDir private Path run;
  private S3Proxy server;
  private BlobStore store;
  private final List<String> told = new ArrayList<>();
  private Look look = Look.ALLOWED;

  /** What a key may find out about objects. */
  private enum Look {
    ALLOWED,
    /** Not what there is not, as on S3 without {@code s3:ListBucket}. */
    WITHOUT_LIST,
    /** Nothing, as on S3 without {@code s3:GetObject}. */
    FORBIDDEN
  }

  /** A store that tells of objects what the key may know. */
  private final class Guarded extends ForwardingBlobStore {
    Guarded(BlobStore all) {
      super(all);
    }

    @Override
    public BlobMetadata blobMetadata(String container, String name) {
      BlobMetadata found = super.blobMetadata(container, name);
      boolean refused = look == Look.FORBIDDEN || (look == Look.WITHOUT_LIST && found == null);
      if (refused && name.startsWith(PREFIX)) {
        throw new AuthorizationException("it may not be looked at");
      }
      return found;
    }
  }

  @BeforeEach
  void start() throws Exception {
    store = S3Servers.store("results");
    server = S3Servers.start(new Guarded(store), 0);
    Files.writeString(run.resolve("report.html"), "<p>report</p>");
    Files.writeString(run.resolve("metrics.json"), "{}");
    Files.writeString(run.resolve("configuration.json"), "a password may be in it");
  }

  @AfterEach
  void stop() throws Exception {
    server.stop();
    store.getContext().close();
  }

  @Test
  void all_results_arrive_with_their_sums_and_nothing_that_is_nobody_s_business()
      throws IOException {
    byte[] model = random(run.resolve("model.safetensors"), 1000);
    Files.write(run.resolve("best-1.safetensors"), model);

    send(RunArtifacts.all(run), true);

    assertThat(names())
        .containsExactlyInAnyOrder(
            "model.safetensors", "metrics.json", "report.html", "SHA256SUMS");
    assertThat(content("model.safetensors")).isEqualTo(model);
    assertThat(new String(content("SHA256SUMS"), UTF_8).lines())
        .contains(FileDigest.of(run.resolve("model.safetensors")).sha256() + "  model.safetensors")
        .hasSize(3);
    assertThat(told).last().isEqualTo("sending SHA256SUMS");
    assertThat(store.blobMetadata("results", PREFIX + "report.html").getContentMetadata())
        .matches(it -> it.getContentType().startsWith("text/html"));
  }

  @Test
  void what_is_there_is_not_sent_again_and_what_has_changed_is() throws IOException {
    send(RunArtifacts.all(run), true);
    var first = store.blobMetadata("results", PREFIX + "metrics.json").getLastModified();
    Files.writeString(run.resolve("report.html"), "<p>another</p>");

    send(RunArtifacts.all(run), true);

    assertThat(store.blobMetadata("results", PREFIX + "metrics.json").getLastModified())
        .isEqualTo(first);
    assertThat(new String(content("report.html"), UTF_8)).isEqualTo("<p>another</p>");
  }

  @Test
  void a_large_file_goes_on_with_the_part_that_a_killed_pod_was_at() throws IOException {
    byte[] model = random(run.resolve("model.safetensors"), 2 * Upload.PART + 5);
    killedAtTheSecondPart();
    assertThat(names()).isEmpty();

    send(RunArtifacts.all(run), true);

    assertThat(told)
        .contains(
            "keeping model.safetensors, part 1",
            "sending model.safetensors, part 2",
            "sending model.safetensors, part 3");
    assertThat(content("model.safetensors")).isEqualTo(model);
    assertThat(Files.readString(run.resolve("artifacts.json"))).doesNotContain("model");
    told.clear();
    send(RunArtifacts.all(run), true);
    assertThat(told).noneMatch(it -> it.contains("part"));
  }

  private void killedAtTheSecondPart() {
    try (var bucket = bucket(KEY, "s3://results/models", server.getPort())) {
      assertThatThrownBy(
              () ->
                  bucket.send(
                      RunArtifacts.all(run), true, LONG, ArtifactBucketTest::endAtTheSecondPart))
          .hasMessage("killed");
    }
  }

  private static void endAtTheSecondPart(String activity) {
    if (activity.endsWith("part 2")) {
      throw new IllegalStateException("killed");
    }
  }

  @Test
  void parts_of_another_training_s_model_are_not_taken_for_this_one_s() throws IOException {
    random(run.resolve("model.safetensors"), 2 * Upload.PART);
    killedAtTheSecondPart();
    byte[] other = new byte[2 * Upload.PART];
    Files.write(run.resolve("model.safetensors"), other);

    send(RunArtifacts.all(run), true);

    assertThat(told).contains("sending model.safetensors, part 1");
    assertThat(content("model.safetensors")).isEqualTo(other);
    assertThat(store.listMultipartUploads("results")).as("the other's parts").isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void a_key_that_may_write_need_not_be_one_that_may_look(Look allowed) throws IOException {
    byte[] model = random(run.resolve("model.safetensors"), Upload.PART + 5);
    look = allowed;

    send(RunArtifacts.all(run), true);

    assertThat(content("model.safetensors")).isEqualTo(model);
    assertThat(names()).hasSize(4);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void an_upload_that_the_server_knows_no_more_is_finished_if_the_object_is_there(boolean there)
      throws IOException {
    Path model = run.resolve("model.safetensors");
    byte[] content = random(model, Upload.PART + 5);
    String sha256 = FileDigest.of(model).sha256();
    SendListener lost =
        activity -> {
          if (activity.endsWith("its end")) {
            store.listMultipartUploads("results").forEach(store::abortMultipartUpload);
            if (there) { // the answer to an earlier request was lost
              store.putBlob(
                  "results",
                  store
                      .blobBuilder(PREFIX + "model.safetensors")
                      .payload(content)
                      .userMetadata(Map.of("sha256", sha256))
                      .build());
            }
          }
        };
    try (var bucket = bucket(KEY, "s3://results/models", server.getPort())) {
      if (there) {
        bucket.send(List.of(model), true, LONG, lost);
      } else {
        assertThatThrownBy(() -> bucket.send(List.of(model), true, LONG, lost))
            .isInstanceOfSatisfying(
                TrainingFailure.class,
                e -> assertThat(e.exitCode()).isEqualTo(ExitCode.TEMPORARY_IO));
      }
    }
    send(RunArtifacts.all(run), true);
    assertThat(content("model.safetensors")).isEqualTo(content);
    assertThat(told.stream().anyMatch(it -> it.contains("part"))).isEqualTo(!there);
  }

  @Test
  void what_the_bucket_would_refuse_is_refused_before_anything_is_trained() {
    var wrong =
        Map.of(
            "FUSION_ARTIFACTS_S3_ACCESS_KEY_ID", "id",
            "FUSION_ARTIFACTS_S3_SECRET_ACCESS_KEY", "wr0ng");
    assertThat(refused(wrong, "s3://results/models"))
        .hasMessageContaining("status 403")
        .hasMessageContaining("spec.artifacts.s3.secretName")
        .hasMessageNotContaining("wr0ng");
    assertThat(refused(KEY, "s3://nowhere/models"))
        .hasMessageContaining("there is no such bucket; check spec.artifacts.s3.uri");
    try (var bucket = bucket(KEY, "s3://results/models", server.getPort())) {
      bucket.check();
    }
    assertThat(names()).as("a look leaves nothing").isEmpty();
  }

  private TrainingFailure refused(Map<String, String> key, String uri) {
    TrainingFailure failure =
        Objects.requireNonNull(
            catchThrowableOfType(
                TrainingFailure.class,
                () -> {
                  try (var bucket = bucket(key, uri, server.getPort())) {
                    bucket.check();
                  }
                }));
    assertThat(failure.exitCode()).isEqualTo(ExitCode.BAD_CONFIGURATION);
    assertThat(failure.toFailure().reason()).isEqualTo("ArtifactsRefused");
    return failure;
  }

  @Test
  void a_server_that_is_away_is_no_reason_not_to_train_and_one_to_try_again_at_the_end()
      throws IOException {
    int nobody;
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = socket.getLocalPort();
    }
    try (var bucket = bucket(KEY, "s3://results/models", nobody)) {
      bucket.check();
      TrainingFailure failure =
          Objects.requireNonNull(
              catchThrowableOfType(
                  TrainingFailure.class,
                  () -> bucket.send(RunArtifacts.all(run), true, LONG, told::add)));
      assertThat(failure.exitCode()).isEqualTo(ExitCode.TEMPORARY_IO);
      assertThat(failure.toFailure().reason()).isEqualTo("ArtifactsNotSent");
      assertThat(failure).hasMessageContaining("they are in the run's folder");
    }
  }

  @Test
  void no_trainer_sends_for_longer_than_it_may() {
    try (var bucket = bucket(KEY, "s3://results/models", server.getPort())) {
      TrainingFailure failure =
          Objects.requireNonNull(
              catchThrowableOfType(
                  TrainingFailure.class,
                  () -> bucket.send(RunArtifacts.all(run), true, Duration.ofNanos(-1), told::add)));
      assertThat(failure).hasMessageContaining("were not sent within");
    }
    assertThat(names()).isEmpty();
  }

  private void send(List<Path> files, boolean complete) {
    try (var bucket = bucket(KEY, "s3://results/models", server.getPort())) {
      bucket.send(files, complete, LONG, told::add);
      assertThat(bucket.address()).isEqualTo("s3://results/" + PREFIX);
    }
  }

  private ArtifactBucket bucket(Map<String, String> environment, String uri, int port) {
    var s3 = new Source.S3(uri, "http://127.0.0.1:" + port, null, "keys");
    var configuration =
        new RunConfiguration(
            RunConfiguration.CONTRACT_VERSION,
            "team/digits",
            "run1",
            0,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null);
    return new ArtifactBucket(configuration, s3, run, environment);
  }

  private List<String> names() {
    return store.list("results", recursive()).stream()
        .map(it -> it.getName())
        .filter(it -> it.startsWith(PREFIX))
        .map(it -> it.substring(PREFIX.length()))
        .toList();
  }

  private byte[] content(String name) throws IOException {
    try (InputStream in = store.getBlob("results", PREFIX + name).getPayload().openStream()) {
      return in.readAllBytes();
    }
  }

  private static byte[] random(Path file, int size) throws IOException {
    byte[] content = new byte[size];
    new Random(size).nextBytes(content);
    Files.write(file, content);
    return content;
  }
}
