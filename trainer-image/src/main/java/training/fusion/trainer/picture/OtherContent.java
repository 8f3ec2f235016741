package training.fusion.trainer.picture;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a file is that is called a picture and is of no format that pictures are read from. */
final class OtherContent {
  /** As much of a file's beginning as tells it from all others. */
  static final int LOOKED_AT = 1024;

  private static final int QUOTED = 40;

  /** A kind, and what its files have. */
  private record Kind(String name, List<Signature> signatures) {
    static Kind of(String name, String... beginnings) {
      return new Kind(name, Stream.of(beginnings).map(Signature::of).toList());
    }

    boolean has(byte[] content) {
      return signatures.stream().anyMatch(signature -> signature.isIn(content));
    }
  }

  /** Those with words of their own come before those whose words they contain. */
  private static final List<Kind> KINDS =
      List.of(
          Kind.of("BigTIFF", "II+\0", "MM\0+"),
          Kind.of("JPEG XL", "\u00ff\n", "\0\0\0\fJXL \r\n"),
          Kind.of("JPEG 2000", "\0\0\0\fjP  \r\n", "\u00ffO\u00ffQ"),
          Kind.of("AVIF", "????ftypavif", "????ftypavis"),
          Kind.of(
              "HEIC",
              "????ftypheic",
              "????ftypheix",
              "????ftypheim",
              "????ftypheis",
              "????ftyphevc",
              "????ftyphevx",
              "????ftypmif1",
              "????ftypmsf1"),
          Kind.of("Canon's raw CR3", "????ftypcrx "),
          Kind.of("a video (MP4 or QuickTime)", "????ftyp", "????moov", "????mdat"),
          Kind.of("a video (Matroska or WebM)", "\u001aE\u00df\u00a3"),
          Kind.of("a video (AVI)", "RIFF????AVI "),
          Kind.of("a Photoshop document", "8BPS"),
          Kind.of("an icon (ICO)", "\0\0\1\0"),
          Kind.of("OpenEXR", "v/1\1"),
          Kind.of("DirectDraw Surface", "DDS "),
          Kind.of("Radiance HDR", "#?RADIANCE", "#?RGBE"),
          Kind.of("a PDF document", "%PDF-"),
          Kind.of("PostScript", "%!PS", "\u00c5\u00d0\u00d3\u00c6"),
          new Kind("DICOM", List.of(new Signature(128, "DICM"))),
          Kind.of("FITS", "SIMPLE  ="),
          Kind.of("NumPy's array", "\u0093NUMPY"),
          Kind.of("HDF5", "\u0089HDF\r\n\u001a\n"),
          Kind.of("a zip archive", "PK\3\4"),
          Kind.of("gzip", "\u001f\u008b"),
          Kind.of("xz", "\u00fd7zXZ\0"),
          Kind.of("a 7z archive", "7z\u00bc\u00af'\u001c"),
          Kind.of("a RAR archive", "Rar!\u001a\7"),
          new Kind("a tar archive", List.of(new Signature(257, "ustar"))),
          Kind.of("what macOS keeps beside a file (AppleDouble)", "\0\5\u0016\7"),
          Kind.of(
              "an OLE document, as Thumbs.db", "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1"),
          Kind.of(
              "a pointer that Git LFS left in place of the file (git lfs pull fetches it)",
              "version https://git-lfs.github.com/",
              "version https://hawser.github.com/"),
          Kind.of(
              "a pointer that git-annex left in place of the file (git annex get fetches it)",
              "/annex/objects/"));

  private static final Pattern WEB_PAGE =
      Pattern.compile(
          "(<!--.*?-->\\s*)*<(!doctype html|html|head|body|script)\\b.*", Pattern.DOTALL);
  private static final Pattern SVG =
      Pattern.compile(
          "(<\\?xml.*?\\?>\\s*|<!--.*?-->\\s*|<!doctype svg.*?>\\s*)*<svg\\b.*", Pattern.DOTALL);

  private OtherContent() {}

  /**
   * What it is, as the object of "it is"; null if its bytes are of no kind that is known here.
   *
   * @param beginning of the content, {@link #LOOKED_AT} bytes if it has so many
   */
  static @Nullable String of(byte[] beginning) {
    for (Kind kind : KINDS) {
      if (kind.has(beginning)) {
        return kind.name;
      }
    }
    if (isZero(beginning)) {
      return "full of zeros";
    }
    String text = text(beginning);
    if (text == null) {
      return null;
    }
    String lower = text.toLowerCase(Locale.ROOT);
    if (WEB_PAGE.matcher(lower).matches()) {
      return "a web page (HTML)";
    }
    if (SVG.matcher(lower).matches()) {
      return "SVG, a drawing";
    }
    String quoted = text.lines().findFirst().orElse("").strip();
    return (lower.startsWith("<?xml") ? "XML" : "text")
        + " (\"%s\")".formatted(quoted.substring(0, Math.min(QUOTED, quoted.length())));
  }

  private static boolean isZero(byte[] content) {
    for (byte value : content) {
      if (value != 0) {
        return false;
      }
    }
    return content.length > 0;
  }

  /** Without blanks around it; null if it has bytes that no text has. */
  private static @Nullable String text(byte[] content) {
    for (byte value : content) {
      if (value >= 0 && value < ' ' && value != '\t' && value != '\n' && value != '\r') {
        return null;
      }
    }
    // a character that is cut at the end is no sign of another encoding
    String text = new String(content, StandardCharsets.UTF_8).replace("\uFEFF", "").strip();
    int unknown = text.indexOf('\uFFFD');
    return text.isEmpty() || (unknown >= 0 && unknown < text.length() - 3) ? null : text;
  }
}
