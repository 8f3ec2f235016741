package training.fusion.trainer.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.zip.CRC32;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import training.fusion.api.Dataset.Resize.Interpolation;
import training.fusion.trainer.picture.Picture.Box;

@DisplayName("A picture file")
class PictureDecoderTest {
  private static final Path PICTURES = Path.of("src/test/golden/pictures");

  @Test
  void thatIsCutShortIsRefusedWhateverItsKind() throws IOException {
    for (Path file : files()) {
      byte[] whole = Files.readAllBytes(file);
      for (int tenths = 0; tenths < 10; tenths++) {
        byte[] cut = Arrays.copyOf(whole, whole.length * tenths / 10);
        assertThatThrownBy(() -> PictureDecoder.decode(cut))
            .as("%s, %d tenths of it", file, tenths)
            .isInstanceOf(DamagedPicture.class);
      }
    }
  }

  /** Decoders are used again by their thread. */
  @Test
  void isDecodedTheSameWhateverItsThreadDecodedBefore() throws Exception {
    List<Path> files = files();
    Map<Path, Picture> alone = new HashMap<>();
    for (Path file : files) {
      var task = new FutureTask<>(() -> PictureDecoder.decode(file));
      new Thread(task).start();
      alone.put(file, task.get());
    }
    Collections.shuffle(files, new Random(2));
    for (Path file : files) {
      byte[] content = Files.readAllBytes(file);
      byte[] cut = Arrays.copyOf(content, content.length / 2);
      assertThatThrownBy(() -> PictureDecoder.decode(cut)).isInstanceOf(DamagedPicture.class);
      for (int times = 0; times < 2; times++) {
        assertThat(PictureDecoder.decode(content)).as("%s", file).isEqualTo(alone.get(file));
      }
    }
  }

  @Test
  void withAFlippedBitIsDecodedOrRefusedAndAPngAlwaysRefused() throws IOException {
    var random = new Random(1);
    for (Path file : files()) {
      for (int i = 0; i < 20; i++) {
        byte[] content = Files.readAllBytes(file);
        content[random.nextInt(content.length)] ^= (byte) (1 << random.nextInt(8));
        boolean png = file.toString().contains("-png-") && !file.toString().contains("jpeg");
        try {
          Picture picture = PictureDecoder.decode(content);
          assertThat(png).as("%s decodes although damaged", file).isFalse();
          assertThat(picture.channels()).isEqualTo(3);
        } catch (DamagedPicture e) {
          assertThat(e.getMessage()).isNotBlank().doesNotContain("\n");
        }
      }
    }
  }

  @Test
  void thatWouldFillTheMemoryIsRefusedByItsHeader() throws IOException {
    byte[] content = Files.readAllBytes(file("png-rgb.png"));
    ByteBuffer.wrap(content).putInt(16, 60_000).putInt(20, 60_000);
    var sum = new CRC32();
    sum.update(content, 12, 17);
    ByteBuffer.wrap(content).putInt(29, (int) sum.getValue());
    assertThatThrownBy(() -> PictureDecoder.decode(content))
        .hasMessage("its 60000×60000 pixels are more than the 178956970 that a picture may have");
  }

  @Test
  void ofADepthThatThereIsNotIsRefused() throws IOException {
    for (int depth : new int[] {0, 3, 9, 255}) {
      byte[] content = Files.readAllBytes(file("png-palette.png"));
      content[24] = (byte) depth;
      var sum = new CRC32();
      sum.update(content, 12, 17);
      ByteBuffer.wrap(content).putInt(29, (int) sum.getValue());
      assertThatThrownBy(() -> PictureDecoder.decode(content)).isInstanceOf(DamagedPicture.class);
    }
  }

  @Test
  void ofAnotherKindIsRefused() {
    assertThatThrownBy(
            () -> PictureDecoder.decode("%PDF-1.7, say".getBytes(StandardCharsets.US_ASCII)))
        .hasMessage("it is a PDF document, neither JPEG, PNG, BMP, WEBP, GIF, TIFF nor PNM");
    assertThatThrownBy(() -> PictureDecoder.decode(new byte[0])).hasMessage("it is empty");
  }

  @Test
  void cutAtRandomHasTorchvisionsAreasAndRatios() {
    int draws = 20_000;
    double area = 0;
    double ratio = 0;
    var random = new SplittableRandom(1);
    for (int i = 0; i < draws; i++) {
      Box box = CROP.draw(random::nextLong, 400, 400);
      assertThat(box.top() + box.height()).isLessThanOrEqualTo(400);
      assertThat(box.left() + box.width()).isLessThanOrEqualTo(400);
      area += box.height() * box.width() / 160_000.0 / draws;
      ratio += Math.log((double) box.width() / box.height()) / draws;
      assertThat((double) box.width() / box.height()).isBetween(0.74, 1.35);
    }
    assertThat(area).isBetween(AREA - 0.008, AREA + 0.008);
    assertThat(ratio).isBetween(-0.006, 0.006);
  }

  private static final RandomResizedCrop CROP =
      new RandomResizedCrop(32, Interpolation.BILINEAR, 0.08, 1, 3 / 4.0, 4 / 3.0);

  /** The mean share of 40,000 draws of torchvision 0.18.1's {@code get_params} on 400×400. */
  private static final double AREA = 0.4787;

  @Test
  void cutAtRandomIsSettledByTheSeed() throws IOException {
    Picture picture = PictureDecoder.decode(file("jpeg-420.jpg"));
    assertThat(cut(picture, 5)).isEqualTo(cut(picture, 5)).isNotEqualTo(cut(picture, 6));
  }

  private static Picture cut(Picture picture, long seed) {
    return CROP.apply(picture, new SplittableRandom(seed)::nextLong);
  }

  private static Path file(String ending) throws IOException {
    return files().stream().filter(f -> f.toString().endsWith(ending)).findFirst().orElseThrow();
  }

  private static List<Path> files() throws IOException {
    try (var files = Files.list(PICTURES)) {
      return new ArrayList<>(files.filter(f -> !f.toString().endsWith(".json")).sorted().toList());
    }
  }
}
