package training.fusion.trainer.picture;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.api.Dataset.Resize.Mode;

/**
 * Against the squares that {@code oracle/pictures.py} made with Pillow and torchvision. {@code
 * -Dpictures.full=FOLDER} compares another folder of that script's, of which it keeps every byte.
 */
@DisplayName("A picture file becomes the square that Pillow and torchvision make of it,")
class PillowParityTest {
  private static final Path FOLDER =
      Path.of(System.getProperty("pictures.full", "src/test/golden/pictures"));

  @Test
  void ofEveryKindOfFileInEveryModeAndInterpolation() throws IOException {
    JsonNode fixture = new ObjectMapper().readTree(FOLDER.resolve("expected.json").toFile());
    int size = fixture.get("size").asInt();
    Map<String, Difference> byKind = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : fixture.get("pictures").properties()) {
      String name = entry.getKey();
      Picture picture = PictureDecoder.decode(FOLDER.resolve(name));
      assertThat(picture.width()).as(name).isEqualTo(entry.getValue().get("width").asInt());
      assertThat(picture.height()).as(name).isEqualTo(entry.getValue().get("height").asInt());
      for (Map.Entry<String, JsonNode> square : entry.getValue().get("squares").properties()) {
        byte[] found = framing(square.getKey(), size).apply(picture).samples();
        byKind
            .computeIfAbsent(name.substring(4), kind -> new Difference())
            .add(found, square.getValue(), size);
      }
    }
    if (System.getProperty("pictures.full") != null) {
      byKind.forEach((kind, difference) -> System.out.println(kind + ": " + difference));
    }
    byKind.forEach(PillowParityTest::assertClose);
    assertThat(byKind).hasSizeGreaterThanOrEqualTo(21);
  }

  private static void assertClose(String kind, Difference difference) {
    assertThat(difference.largest).as(kind).isZero();
    assertThat(difference.cells).as(kind).isLessThanOrEqualTo(1); // they are rounded means
  }

  private static Framing framing(String name, int size) {
    String[] words = name.split(" ", -1);
    Mode mode =
        switch (words[0]) {
          case "Squash" -> Mode.SQUASH;
          case "Pad" -> Mode.PAD;
          default -> Mode.SHORTER_SIDE_CENTER_CROP;
        };
    return new Framing(
        mode, words[1].equals("Bicubic") ? Interpolation.BICUBIC : Interpolation.BILINEAR, size);
  }

  /** Of samples, in grey levels, and of the means of 12 × 12 cells. */
  private static final class Difference {
    private int largest;
    private int cells;
    private long sum;
    private long count;

    void add(byte[] found, JsonNode expected, int size) {
      boolean whole = expected.has("whole");
      byte[] samples = bytes(expected.get(whole ? "whole" : "samples"));
      int step = whole ? 1 : 97;
      for (int i = 0; i < samples.length; i++) {
        int difference = Math.abs((found[i * step] & 0xff) - (samples[i] & 0xff));
        largest = Math.max(largest, difference);
        sum += difference;
        count++;
      }
      byte[] means = bytes(expected.get("cells"));
      int extent = size / 12;
      for (int cell = 0; cell < 144; cell++) {
        double mean = 0;
        for (int y = cell / 12 * extent; y < (cell / 12 + 1) * extent; y++) {
          for (int x = cell % 12 * extent * 3; x < (cell % 12 + 1) * extent * 3; x++) {
            mean += (found[y * size * 3 + x] & 0xff) / (3.0 * extent * extent);
          }
        }
        cells = Math.max(cells, (int) Math.abs(Math.rint(mean) - (means[cell] & 0xff)));
      }
    }

    double mean() {
      return (double) sum / count;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "largest %d, mean %.5f of %d samples", largest, mean(), count);
    }
  }

  private static byte[] bytes(JsonNode text) {
    return Base64.getDecoder().decode(text.asText());
  }
}
