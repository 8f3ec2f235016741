package training.fusion.trainer.augmentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.Dataset;
import training.fusion.api.Transforms.Interpolation;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.Picture.Box;
import training.fusion.trainer.picture.RandomResizedCrop;

/** Against what {@code src/test/golden/augmentation/augmentation.py} had of torchvision. */
@DisplayName("By given draws, every byte is torchvision's")
class TorchvisionParityTest {
  private static final JsonNode FIXTURE = read();

  @Test
  @DisplayName("of each operation on a picture that a person can read")
  void readable() {
    JsonNode rows = FIXTURE.get("readable");
    var picture = new Picture(4, 4, 3, HexFormat.of().parseHex(rows.get(0).get(3).asText()));
    var softly = new SoftAssertions();
    for (JsonNode row : rows) {
      Picture changed =
          Operation.valueOf(row.get(0).asText())
              .apply(picture, row.get(2).asDouble(), Interpolation.NEAREST);
      softly
          .assertThat(HexFormat.of().formatHex(changed.samples()))
          .as("%s %s", row.get(1), row.get(2))
          .isEqualTo(row.get(3).asText());
    }
    softly.assertAll();
  }

  @Test
  @DisplayName("of each operation at each magnitude of both policies, of noise, ramps and specks")
  void operations() {
    var softly = new SoftAssertions();
    for (JsonNode row : FIXTURE.get("operations")) {
      Picture picture = picture(row.get(0).asInt());
      boolean wide = row.get(1).asText().equals("TrivialAugmentWide");
      Operation operation = List.of(Operation.values()).get(row.get(2).asInt());
      Interpolation interpolation =
          row.get(3).asText().equals("Bilinear") ? Interpolation.BILINEAR : Interpolation.NEAREST;
      int extent = operation == Operation.TRANSLATE_X ? picture.width() : picture.height();
      Magnitudes magnitudes =
          wide
              ? new TrivialAugmentWide(31, interpolation).magnitudes()
              : new RandAugment(2, 9, 31, interpolation).magnitudes();
      double most = wide ? 32 : 150.0 / 331.0 * extent;
      var results = new StringBuilder();
      for (int bin = 0; bin < (operation.hasMagnitude() ? 31 : 1); bin++) {
        double magnitude = magnitudes.of(operation, bin, most);
        results.append(digest(operation.apply(picture, magnitude, interpolation).samples()));
        if (operation.signed()) {
          results.append(digest(operation.apply(picture, -magnitude, interpolation).samples()));
        }
      }
      softly
          .assertThat(digest(results.toString().getBytes(StandardCharsets.US_ASCII)))
          .as("%s", row)
          .isEqualTo(row.get(4).asText());
    }
    softly.assertAll();
  }

  @Test
  @DisplayName("of RandAugment and TrivialAugmentWide, with as many draws in the same order")
  void policies() {
    var softly = new SoftAssertions();
    for (JsonNode row : FIXTURE.get("policies")) {
      int bins = row.get("bins").asInt();
      Transform policy =
          row.has("numOps")
              ? new RandAugment(
                  row.get("numOps").asInt(),
                  row.get("magnitude").asInt(),
                  bins,
                  Interpolation.NEAREST)
              : new TrivialAugmentWide(bins, Interpolation.NEAREST);
      softly.assertThat(changed(policy, row)).as("%s", row).isEqualTo(row.get("sha256").asText());
    }
    softly.assertAll();
  }

  @Test
  @DisplayName("of ColorJitter, whatever it is asked for and in whichever order")
  void jitters() {
    var softly = new SoftAssertions();
    for (JsonNode row : FIXTURE.get("jitters")) {
      List<Double> factors = doubles(row.get("factors"));
      var jitter = new ColorJitter(factors.get(0), factors.get(1), factors.get(2), factors.get(3));
      softly.assertThat(changed(jitter, row)).as("%s", row).isEqualTo(row.get("sha256").asText());
    }
    softly.assertAll();
  }

  @Test
  @DisplayName("of each turn of the hue")
  void hues() {
    var softly = new SoftAssertions();
    for (int turn = -20; turn <= 20; turn++) {
      softly
          .assertThat(digest(Hue.turned(picture(0), turn / 40.0).samples()))
          .as("%d/40", turn)
          .isEqualTo(FIXTURE.get("hues").get(turn + 20).asText());
    }
    softly.assertAll();
  }

  @Test
  @DisplayName("where RandomResizedCrop cuts, with any scale and ratio, the middle if nothing fits")
  void crops() {
    for (JsonNode row : FIXTURE.get("crops")) {
      List<Double> scale = doubles(row.get("scale"));
      List<Double> ratio = doubles(row.get("ratio"));
      var crop =
          new RandomResizedCrop(
              32,
              Dataset.Resize.Interpolation.BILINEAR,
              scale.get(0),
              scale.get(1),
              ratio.get(0),
              ratio.get(1));
      var draws = new ScriptedDraws(row.get("draws"));
      Box box = crop.draw(draws, row.get("height").asInt(), row.get("width").asInt());
      assertThat(box).as("%s", row).isEqualTo(box(row.get("box")));
      draws.mustBeUsedUp();
    }
  }

  @Test
  @DisplayName("where RandomErasing erases")
  void erasings() {
    for (JsonNode row : FIXTURE.get("erasings")) {
      List<Double> scale = doubles(row.get("scale"));
      List<Double> ratio = doubles(row.get("ratio"));
      var erasing =
          new RandomErasing(
              32,
              row.get("probability").asDouble(),
              scale.get(0),
              scale.get(1),
              ratio.get(0),
              ratio.get(1),
              false);
      var draws = new ScriptedDraws(row.get("draws"));
      Box box = erasing.draw(draws, row.get("height").asInt(), row.get("width").asInt());
      boolean empty = box.height() * box.width() == 0;
      assertThat(empty ? RandomErasing.NOTHING : box).as("%s", row).isEqualTo(box(row.get("box")));
      draws.mustBeUsedUp();
    }
  }

  @Test
  @DisplayName("of CutMix's box, and the share of the label that it leaves")
  void boxes() {
    for (JsonNode row : FIXTURE.get("boxes")) {
      Mixing.Draw draw =
          Mixing.cut(
              row.get("share").asDouble(),
              row.get("column").asInt(),
              row.get("row").asInt(),
              row.get("size").asInt());
      boolean empty = draw.box().height() * draw.box().width() == 0;
      assertThat(empty ? RandomErasing.NOTHING : draw.box())
          .as("%s", row)
          .isEqualTo(box(row.get("box")));
      assertThat((float) draw.labels())
          .as("%s", row)
          .isEqualTo((float) row.get("label").asDouble());
    }
  }

  private static String changed(Transform transform, JsonNode row) {
    var draws = new ScriptedDraws(row.get("draws"));
    Picture changed = transform.apply(picture(row.get("picture").asInt()), draws);
    draws.mustBeUsedUp();
    return digest(changed.samples());
  }

  /** The same that the script makes. */
  private static Picture picture(int number) {
    JsonNode asked = FIXTURE.get("pictures").get(number);
    String kind = asked.get(0).asText();
    int height = asked.get(1).asInt();
    int width = asked.get(2).asInt();
    int channels = asked.get(3).asInt();
    byte[] samples = new byte[height * width * channels];
    int state = (height * 31 + width) * 31 + channels;
    for (int i = 0; i < samples.length; i++) {
      state = (state * 1103515245 + 12345) & Integer.MAX_VALUE;
      int x = i / channels % width;
      int y = i / channels / width;
      int c = i % channels;
      samples[i] =
          switch (kind) {
            case "noise" -> (byte) (state >> 16);
            case "ramp" ->
                (byte) Math.min(255, 40 + 5 * x * (c + 1) / 2 + 3 * y + (state >> 20 & 7));
            default -> (byte) (60 + 70 * c);
          };
    }
    return new Picture(height, width, channels, samples);
  }

  private static String digest(byte[] bytes) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes))
          .substring(0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Double> doubles(JsonNode list) {
    return new ObjectMapper().convertValue(list, new TypeReference<>() {});
  }

  private static Box box(JsonNode numbers) {
    return new Box(
        numbers.get(0).asInt(),
        numbers.get(1).asInt(),
        numbers.get(2).asInt(),
        numbers.get(3).asInt());
  }

  private static JsonNode read() {
    try {
      return new ObjectMapper()
          .readTree(Path.of("src/test/golden/augmentation/augmentation.json").toFile());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
