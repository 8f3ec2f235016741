package training.fusion.trainer.picture;

import static training.fusion.trainer.picture.OtherContent.LOOKED_AT;

import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A format that pictures are read from, told by the bytes that its files begin with. */
enum PictureFormat {
  JPEG("\u00ff\u00d8\u00ff") {
    @Override
    Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
      return JpegFile.decode(content, decoding);
    }
  },
  PNG("\u0089PNG\r\n\u001a\n") {
    @Override
    Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
      return PngFile.decode(content, decoding);
    }

    @Override
    @Nullable Caveat caveat(byte[] beginning, SeekableByteChannel file) {
      return PngFile.caveat(beginning);
    }
  },
  BMP("BM") {
    @Override
    Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
      return decoding.view(BmpFile.decode(content, decoding));
    }
  },
  WEBP("RIFF????WEBP") {
    @Override
    Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
      return decoding.view(WebpFile.decode(content, decoding));
    }
  },
  GIF("GIF8?a") {
    @Override
    Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
      return decoding.view(GifFile.decode(content, decoding));
    }
  },
  TIFF("II*\0", "MM\0*") {
    @Override
    Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
      return decoding.view(TiffFile.decode(content, decoding));
    }

    @Override
    @Nullable Caveat caveat(byte[] beginning, SeekableByteChannel file) throws IOException {
      return TiffGlance.of(file).caveat();
    }
  },
  PNM("P1", "P2", "P3", "P4", "P5", "P6") {
    @Override
    Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
      return decoding.view(PnmFile.decode(content, decoding));
    }

    @Override
    @Nullable Caveat caveat(byte[] beginning, SeekableByteChannel file) {
      return PnmFile.caveat(beginning);
    }
  };

  @SuppressWarnings("ImmutableEnumChecker") // List.of is
  private final List<Signature> beginnings;

  /**
   * A format.
   *
   * @param beginnings each as a {@link Signature} has it
   */
  PictureFormat(String... beginnings) {
    this.beginnings = Arrays.stream(beginnings).map(Signature::of).toList();
  }

  /** What is wanted of the picture in a file's content, in red, green and blue. */
  abstract Picture decode(byte[] content, Decoding decoding) throws DamagedPicture;

  /**
   * What people may have to be told of a picture, without its samples.
   *
   * @throws DamagedPicture if as much says that it cannot be read
   */
  @Nullable Caveat caveat(byte[] beginning, SeekableByteChannel file) throws IOException {
    return null;
  }

  /**
   * The format of a file's content, or of the beginning of it.
   *
   * @throws DamagedPicture saying what it is, if it is none of them
   */
  static PictureFormat of(byte[] content) throws DamagedPicture {
    for (PictureFormat format : values()) {
      if (format.beginnings.stream().anyMatch(beginning -> beginning.isIn(content))) {
        return format;
      }
    }
    if (content.length == 0) {
      throw new DamagedPicture("it is empty");
    }
    String other = OtherContent.of(Arrays.copyOf(content, Math.min(content.length, LOOKED_AT)));
    throw new DamagedPicture("it is " + (other == null ? "" : other + ", ") + none());
  }

  private static String none() {
    String all = Arrays.stream(values()).map(Enum::name).collect(Collectors.joining(", "));
    int last = all.lastIndexOf(", ");
    return "neither " + all.substring(0, last) + " nor " + all.substring(last + 2);
  }
}
