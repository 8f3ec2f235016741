package training.fusion.trainer.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Files of {@code oracle/jpeg_tables.py}: each lacks one of its tables. */
@DisplayName("A JPEG without a table of its own")
class JpegTablesTest {
  private static final Path FILES = Path.of("src/test/golden/jpeg-tables.zip");
  private static final String REFUSED = "refused";

  @Test
  @DisplayName("is what Pillow reads, or refused, whatever its thread has decoded before")
  void hasNothingOfTheOneBefore() throws Exception {
    try (var zip = new ZipFile(FILES.toFile())) {
      JsonNode pictures =
          new ObjectMapper().readTree(content(zip, "expected.json")).get("pictures");
      byte[] coarse = content(zip, "before-coarse");
      byte[] progressive = content(zip, "before-progressive");
      byte[] whole = content(zip, "standard");
      for (Map.Entry<String, JsonNode> picture : pictures.properties()) {
        byte[] content = content(zip, picture.getKey());
        String first = outcome(content);
        for (byte[] before : List.of(coarse, progressive, whole)) {
          PictureDecoder.decode(before);
          assertThat(outcome(content)).as(picture.getKey()).isEqualTo(first);
        }
        boolean own = !picture.getKey().contains("without");
        boolean standard = picture.getKey().matches("(standard|grey)-without-huffman-.*");
        if (own || standard || !first.equals(REFUSED)) {
          assertThat(first)
              .as(picture.getKey())
              .isEqualTo(picture.getValue().path("sha256").asText(REFUSED));
        }
      }
      assertThat(pictures.size()).isGreaterThan(25);
    }
  }

  private static String outcome(byte[] content) throws Exception {
    try {
      byte[] samples = PictureDecoder.decode(content).samples();
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(samples));
    } catch (DamagedPicture e) {
      return REFUSED;
    }
  }

  private static byte[] content(ZipFile zip, String name) throws IOException {
    try (var stream = zip.getInputStream(zip.getEntry(name))) {
      return stream.readAllBytes();
    }
  }
}
