package training.fusion.trainer.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("A JPEG without tables of its own")
class JpegTablesTest {
  private static final Path FOLDER = Path.of("src/test/golden/pictures");
  private static final int HUFFMAN = 0xc4;
  private static final int QUANTIZATION = 0xdb;
  private static final int SCAN = 0xda;

  @Test
  @DisplayName("has Huffman's of the standard, and not those of the picture before it")
  void hasTheStandardsHuffmanTables() throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve("000-jpeg-420.jpg"));
    Picture expected = PictureDecoder.decode(whole);
    PictureDecoder.decode(Files.readAllBytes(FOLDER.resolve("003-jpeg-progressive.jpg")));
    assertThat(PictureDecoder.decode(without(HUFFMAN, whole)).samples())
        .isEqualTo(expected.samples());
  }

  @Test
  @DisplayName("is refused without those of quantization, whatever was decoded before it")
  void isRefusedWithoutQuantization() throws IOException {
    byte[] whole = Files.readAllBytes(FOLDER.resolve("000-jpeg-420.jpg"));
    PictureDecoder.decode(whole);
    assertThatThrownBy(() -> PictureDecoder.decode(without(QUANTIZATION, whole)))
        .isInstanceOf(DamagedPicture.class)
        .hasMessage("it has no quantization tables");
  }

  /** The same less the segments of a kind, before its scan. */
  private static byte[] without(int marker, byte[] jpeg) {
    var rest = new ByteArrayOutputStream();
    rest.write(jpeg, 0, 2);
    int at = 2;
    while ((jpeg[at + 1] & 0xff) != SCAN) {
      int length = 2 + ((jpeg[at + 2] & 0xff) << 8 | (jpeg[at + 3] & 0xff));
      if ((jpeg[at + 1] & 0xff) != marker) {
        rest.write(jpeg, at, length);
      }
      at += length;
    }
    rest.write(jpeg, at, jpeg.length - at);
    return rest.toByteArray();
  }
}
