package training.fusion.trainer.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Against what Pillow made of the files that {@code oracle/format_files.py} has drawn. {@code
 * -Dformats.files=FILE.zip} takes another zip of that program's, and says for each kind how many of
 * its files became what.
 */
@DisplayName("A WebP, GIF, TIFF or Netpbm file")
class FormatFilesTest {
  private static final @Nullable String OTHERS = System.getProperty("formats.files");
  private static final Path FILES =
      Path.of(OTHERS != null ? OTHERS : "src/test/golden/format-files.zip");

  /** Kinds of which a file may be refused that Pillow reads. */
  private static final List<String> REFUSED_AT_TIMES =
      List.of("tiff-unread", "tiff-damaged", "webp-damaged", "gif-damaged", "pnm-damaged");

  /** What became of a file. */
  private enum Outcome {
    EQUAL,
    BOTH_REFUSE,
    READ_HERE_ONLY,
    REFUSED_HERE_ONLY,
    DIFFERENT
  }

  @Test
  @DisplayName("has the samples that Pillow finds, or is refused")
  void hasPillowsSamples() throws Exception {
    Map<String, Map<Outcome, Integer>> kinds = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    try (var zip = new ZipFile(FILES.toFile())) {
      JsonNode pictures =
          new ObjectMapper().readTree(content(zip, "expected.json")).get("pictures");
      for (Map.Entry<String, JsonNode> file : pictures.properties()) {
        String kind = file.getKey().substring(5, file.getKey().lastIndexOf('.'));
        Outcome outcome = outcome(content(zip, file.getKey()), file.getValue());
        kinds.computeIfAbsent(kind, k -> new TreeMap<>()).merge(outcome, 1, Integer::sum);
        boolean right =
            outcome == Outcome.EQUAL
                || outcome == Outcome.BOTH_REFUSE
                || (outcome == Outcome.REFUSED_HERE_ONLY && REFUSED_AT_TIMES.contains(kind))
                || (outcome == Outcome.READ_HERE_ONLY && kind.endsWith("-damaged"));
        if (!right) {
          wrong.add(file.getKey() + " " + outcome);
        }
      }
    }
    if (OTHERS != null) {
      kinds.forEach((kind, outcomes) -> System.out.println("| " + kind + " | " + outcomes + " |"));
    }
    assertThat(kinds).hasSizeGreaterThanOrEqualTo(37);
    assertThat(wrong).isEmpty();
  }

  @Test
  @DisplayName("is refused at a glance only if it is refused, and 16 bits of grey are told at one")
  void glances(@TempDir Path folder) throws Exception {
    int refused = 0;
    int told = 0;
    try (var zip = new ZipFile(FILES.toFile())) {
      for (ZipEntry entry : Collections.list(zip.entries())) {
        String kind = entry.getName();
        byte[] content = content(zip, kind);
        Path file = Files.write(folder.resolve("picture"), content);
        Glance glance = kind.endsWith("json") ? Glance.NOTHING : PictureDecoder.glance(file);
        if (glance.damage() != null) {
          assertThatThrownBy(() -> PictureDecoder.decode(content))
              .as(kind)
              .isInstanceOf(DamagedPicture.class)
              .hasMessage(glance.damage());
          refused += kind.contains("tiff-unread") ? 1 : 0;
        } else if (kind.contains("tiff-unread")) {
          PictureDecoder.decode(content);
        }
        boolean grey = kind.contains("tiff-grey-16.") || kind.contains("pnm-grey-wide.");
        assertThat(glance.caveat() != null).as(kind).isEqualTo(grey);
        told += grey ? 1 : 0;
      }
    }
    assertThat(refused).isPositive();
    assertThat(told).isPositive();
  }

  private static Outcome outcome(byte[] content, JsonNode expected) throws Exception {
    boolean refused = expected.has("refused");
    try {
      Picture picture = PictureDecoder.decode(content);
      if (refused) {
        return Outcome.READ_HERE_ONLY;
      }
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(picture.samples());
      return picture.width() == expected.get("width").asInt()
              && picture.height() == expected.get("height").asInt()
              && HexFormat.of().formatHex(digest).equals(expected.get("sha256").asText())
          ? Outcome.EQUAL
          : Outcome.DIFFERENT;
    } catch (DamagedPicture e) {
      return refused ? Outcome.BOTH_REFUSE : Outcome.REFUSED_HERE_ONLY;
    }
  }

  private static byte[] content(ZipFile zip, String name) throws IOException {
    try (var stream = zip.getInputStream(zip.getEntry(name))) {
      return stream.readAllBytes();
    }
  }
}
