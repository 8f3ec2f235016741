package training.fusion.trainer.picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("A file that is called a picture and is none is said to be")
class OtherContentTest {
  /** Beginnings that Pillow 13, ffmpeg's documentation and the formats' standards have. */
  @ParameterizedTest(name = "{0}")
  @CsvSource({
    "BigTIFF, 49492b000800000010000000000000000a00",
    "AVIF, 0000001c667479706176696600000000617669666d696631",
    "HEIC, 0000001c6674797068656963000000006d69663168656963",
    "HEIC, 00000018667479706d696631000000006d69663168656963",
    "JPEG 2000, 0000000c6a5020200d0a870a00000014",
    "JPEG 2000, ff4fff51002f00000000001000000010",
    "JPEG XL, ff0a7a0403120061",
    "JPEG XL, 0000000c4a584c200d0a870a",
    "a video (MP4 or QuickTime), 00000020667479706d70343200000000",
    "a Photoshop document, 384250530001000000000000",
    "an icon (ICO), 000001000100101000000000",
    "a PDF document, 255044462d312e340a25e2e3",
    "a zip archive, 504b0304140000000800",
    "gzip, 1f8b080000000000",
    "NumPy's array, 934e554d5059010076007b27",
    "what macOS keeps beside a file (AppleDouble), 0005160700020000",
    "full of zeros, 00000000000000000000000000000000",
    ", 0102030405060708",
  })
  void whatItsFirstBytesSay(@Nullable String what, String bytes) {
    byte[] content = Arrays.copyOf(HexFormat.of().parseHex(bytes), Math.max(64, bytes.length()));
    assertThat(OtherContent.of(content)).isEqualTo(what);
    assertThatThrownBy(() -> PictureDecoder.decode(content))
        .isInstanceOf(DamagedPicture.class)
        .hasMessage(
            "it is "
                + (what == null ? "" : what + ", ")
                + "neither JPEG, PNG, BMP, WEBP, GIF, TIFF nor PNM");
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      quoteCharacter = '`',
      value = {
        "`<!DOCTYPE html>\n<html><body>404</body></html>`, a web page (HTML)",
        "`\n  <HTML><head>`, a web page (HTML)",
        "`<!-- saved -->\n<html lang=en>`, a web page (HTML)",
        "`\uFEFF<html>`, a web page (HTML)",
        "`<?xml version=\"1.0\"?>\n<!-- made by hand -->\n<svg width=\"3\">`, `SVG, a drawing`",
        "`<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied`, `XML (\"<?xml version=\"1.0\"?>\")`",
        "`404: Not Found`, `text (\"404: Not Found\")`",
        "`{\"error\": \"quota exceeded, try again tomorrow morning\"}`,"
            + " `text (\"{\"error\": \"quota exceeded, try again tom\")`",
      })
  void whatItsTextSays(String text, String what) {
    assertThat(OtherContent.of(text.getBytes(StandardCharsets.UTF_8))).isEqualTo(what);
  }

  @Test
  @DisplayName("a pointer, with the command that fetches the file")
  void aPointer() {
    String pointer =
        "version https://git-lfs.github.com/spec/v1\noid sha256:"
            + "0".repeat(64)
            + "\nsize 12345\n";
    assertThat(OtherContent.of(pointer.getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo("a pointer that Git LFS left in place of the file (git lfs pull fetches it)");
    assertThat(
            OtherContent.of(
                "/annex/objects/SHA256E-s5--ab.jpg\n".getBytes(StandardCharsets.US_ASCII)))
        .contains("git annex get");
  }
}
