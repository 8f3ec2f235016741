package training.fusion.trainer.picture;

import java.util.Arrays;
import java.util.stream.Collectors;

/** A format that pictures are read from, told by the bytes that its files begin with. */
enum PictureFormat {
  JPEG("\u00ff\u00d8\u00ff") {
    @Override
    Picture decode(byte[] content) throws DamagedPicture {
      return JpegFile.decode(content);
    }
  },
  PNG("\u0089PNG\r\n\u001a\n") {
    @Override
    Picture decode(byte[] content) throws DamagedPicture {
      return PngFile.decode(content);
    }
  },
  BMP("BM") {
    @Override
    Picture decode(byte[] content) throws DamagedPicture {
      return BmpFile.decode(content);
    }
  };

  private final String beginning;

  /**
   * A format.
   *
   * @param beginning as a {@link Signature} has it
   */
  PictureFormat(String beginning) {
    this.beginning = beginning;
  }

  /** The picture in a file's content, in red, green and blue. */
  abstract Picture decode(byte[] content) throws DamagedPicture;

  /** The format of a file's content, or of the beginning of it. */
  static PictureFormat of(byte[] content) throws DamagedPicture {
    for (PictureFormat format : values()) {
      if (Signature.of(format.beginning).isIn(content)) {
        return format;
      }
    }
    throw new DamagedPicture(content.length == 0 ? "it is empty" : "it is " + none());
  }

  private static String none() {
    String all = Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    int last = all.lastIndexOf(", ");
    return "neither " + all.substring(0, last) + " nor " + all.substring(last + 2);
  }
}
