package training.fusion.trainer.picture;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Of a WebP, GIF, TIFF or Netpbm file")
class FormatBoundsTest {
  @Test
  @DisplayName("one that claims more pixels than a picture may have is refused before any are made")
  void morePixels() {
    assertRefused(webp(16_384, 16_384), "16384×16384 pixels are more than");
    assertRefused(gif(65_535, 65_535, 1, 1), "65535×65535 pixels are more than");
    assertRefused(gif(1, 1, 65_535, 65_535), "65535×65535 pixels are more than");
    assertRefused(tiff(1, 2, 8, 1 << 20), "1048576×1048576 pixels are more than");
    assertRefused(latin("P6 99999 99999 255\n"), "99999×99999 pixels are more than");
  }

  @Test
  @DisplayName("one whose tiles are larger than a picture may be is refused")
  void largeTiles() {
    byte[] tiled = tiff(1, 2, 8, 16, 322, 1 << 20, 323, 1 << 20, 324, 8, 325, 8);
    assertRefused(tiled, "1048576×1048576 pixels are more than");
  }

  @Test
  @DisplayName("a TIFF of a kind that is not read is named by it, and what would be read")
  void unreadTiffs() {
    assertRefused(
        tiff(34925, 2, 8, 4),
        "its compression 34925 (LZMA) cannot be read; save it uncompressed, or with LZW or Deflate");
    assertRefused(
        tiff(5, 2, 32, 4),
        "cannot be read; save it as grey or RGB, with 8 bits a sample, unsigned");
    assertRefused(tiff(6, 6, 8, 4), "its compression 6 (old JPEG) cannot be read");
    assertRefused(tiff(1, 8, 8, 4), "photometric interpretation 8, 3 samples of 8 bits");
    assertRefused(tiff(1, 2, 32, 4), "3 samples of 32 bits");
    assertRefused(tiff(1, 2, 8, 4, 339, 3), "its samples, which are no unsigned whole numbers");
    assertRefused(tiff(1, 2, 8, 4, 317, 3), "its predictor 3");
  }

  @Test
  @DisplayName("strips that are missing, beyond the end, or too short are told")
  void missingStrips() {
    assertRefused(tiff(1, 2, 8, 4), "it has 0 strips or tiles, and needs 1");
    assertRefused(tiff(1, 2, 8, 4, 273, 1 << 30, 279, 48), "it ends within a strip or tile");
    assertRefused(tiff(7, 6, 8, 4, 273, 1 << 30, 279, 48), "it ends within a strip or tile");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GIF89a", "II*\0", "MM\0*\0\0\0", "P5", "P6 3 3 255", "RIFF????WEBP"})
  @DisplayName("one that ends after its signature is refused in words")
  void onlyItsSignature(String content) {
    assertThatThrownBy(() -> PictureDecoder.decode(latin(content)))
        .isInstanceOf(DamagedPicture.class)
        .hasMessageMatching("it (ends|has no picture, or ends).*");
  }

  private static void assertRefused(byte[] content, String words) {
    assertThatThrownBy(() -> PictureDecoder.decode(content))
        .isInstanceOf(DamagedPicture.class)
        .hasMessageContaining(words);
  }

  private static byte[] latin(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** An animation of this canvas, without a frame. */
  private static byte[] webp(int width, int height) {
    ByteBuffer file = ByteBuffer.allocate(30).order(ByteOrder.LITTLE_ENDIAN);
    file.put(latin("RIFF")).putInt(22).put(latin("WEBPVP8X")).putInt(10).putInt(2);
    file.putInt(width - 1).position(27);
    return file.putChar((char) (height - 1)).array();
  }

  private static byte[] gif(int width, int height, int frameWidth, int frameHeight) {
    ByteBuffer file = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
    file.put(latin("GIF89a")).putChar((char) width).putChar((char) height).position(13);
    file.put((byte) ',').putInt(0).putChar((char) frameWidth).putChar((char) frameHeight);
    return file.array();
  }

  /**
   * A TIFF of three samples a pixel.
   *
   * @param more tags, each with a number
   */
  private static byte[] tiff(int compression, int photometric, int bits, int extent, int... more) {
    int[] fields = {
      256, extent, 257, extent, 258, bits, 259, compression, 262, photometric, 277, 3
    };
    int count = (fields.length + more.length) / 2;
    ByteBuffer file = ByteBuffer.allocate(10 + 12 * count + 4).order(ByteOrder.LITTLE_ENDIAN);
    file.put(latin("II*\0")).putInt(8).putChar((char) count);
    for (int[] pairs : new int[][] {fields, more}) {
      for (int i = 0; i < pairs.length; i += 2) {
        file.putChar((char) pairs[i]).putChar((char) 4).putInt(1).putInt(pairs[i + 1]);
      }
    }
    return file.array();
  }
}
