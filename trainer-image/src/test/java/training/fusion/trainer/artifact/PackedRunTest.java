package training.fusion.trainer.artifact;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import training.fusion.trainer.Sha256;
import training.fusion.trainer.TrainingFailure;

@NullUnmarked // an assertion that fails is the answer to what is absent
class PackedRunTest {
  @TempDir private Path run;

  @BeforeEach
  void fill() throws IOException {
    for (String name :
        List.of(
            "model.safetensors",
            "report.html",
            "tensorboard/events",
            "checkpoint-1-2/manifest.json",
            "best-1.safetensors",
            ".unfinished-history.csv",
            "lock",
            "pod")) {
      Files.createDirectories(run.resolve(name).getParent());
      Files.writeString(run.resolve(name), "content of " + name);
    }
    Files.createSymbolicLink(run.resolve("link"), Path.of("report.html"));
  }

  @Test
  void what_a_person_has_a_use_for_is_packed_with_its_sums() throws IOException {
    Map<String, String> packed = unpacked(PackedRun.of(run, List.of(), false));

    assertThat(packed)
        .containsOnlyKeys("model.safetensors", "report.html", "tensorboard/events", "SHA256SUMS")
        .containsEntry("tensorboard/events", "content of tensorboard/events");
    assertThat(packed.get("SHA256SUMS").lines())
        .contains(sha256("content of report.html") + "  report.html")
        .hasSize(3);
    assertThat(packed.keySet()).last().isEqualTo("SHA256SUMS");
  }

  @Test
  void checkpoints_come_where_all_is_asked_for() throws IOException {
    assertThat(unpacked(PackedRun.of(run, List.of(), true)))
        .containsKeys("checkpoint-1-2/manifest.json", "best-1.safetensors")
        .doesNotContainKeys("lock", "pod", "link", ".unfinished-history.csv");
  }

  @Test
  void only_what_is_named_comes() throws IOException {
    assertThat(unpacked(PackedRun.of(run, List.of("report.html"), false)))
        .containsOnlyKeys("report.html", "SHA256SUMS");
  }

  @Test
  void what_is_not_there_or_not_the_run_s_is_refused_by_name() throws IOException {
    Files.writeString(run.resolveSibling("other"), "of another run");
    for (String name : List.of("metrics.json", "../other", "link", "checkpoint-1-2")) {
      assertThatThrownBy(() -> PackedRun.of(run, List.of(name), false))
          .isInstanceOf(TrainingFailure.class)
          .hasMessage("the run has no %s yet", name);
    }
  }

  @Test
  void a_checkpoint_that_goes_meanwhile_is_left_out() throws IOException {
    PackedRun packed = PackedRun.of(run, List.of(), true);
    Files.delete(run.resolve("checkpoint-1-2/manifest.json"));

    assertThat(unpacked(packed))
        .containsKey("model.safetensors")
        .doesNotContainKey("checkpoint-1-2/manifest.json");
  }

  private static Map<String, String> unpacked(PackedRun packed) throws IOException {
    var bytes = new ByteArrayOutputStream();
    packed.writeTo(bytes);
    var files = new LinkedHashMap<String, String>();
    try (var tar = new TarArchiveInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        files.put(entry.getName(), new String(tar.readAllBytes(), StandardCharsets.UTF_8));
      }
    }
    return files;
  }

  private static String sha256(String text) {
    MessageDigest digest = Sha256.begin();
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return Sha256.hex(digest);
  }
}
