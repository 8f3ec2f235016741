package training.fusion.trainer.picture;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Decodes JPEG, PNG and BMP, whichever a file is by its content, to red, green and blue as
 * torchvision's {@code ImageFolder} does, that is Pillow's {@code convert("RGB")}: alpha is
 * dropped, colour profiles and EXIF's orientation do not count. Sixteen bits become their upper
 * eight.
 *
 * <p>What cannot be decoded whole is refused: a decoder's grey filling is no picture.
 */
public final class PictureDecoder {
  /** Pillow's bound against decompression bombs: twice its MAX_IMAGE_PIXELS. */
  static final long MOST_PIXELS = 2L * 89_478_485;

  /** A file that is larger is not read. */
  static final long MOST_BYTES = 1L << 29;

  static {
    ImageIO.setUseCache(false); // no temporary files
  }

  private PictureDecoder() {}

  /**
   * Decodes a file.
   *
   * @throws DamagedPicture if it is none of the formats, damaged, or larger than the bounds
   * @throws IOException if it cannot be read at all
   */
  public static Picture decode(Path file) throws IOException {
    long bytes = Files.size(file);
    if (bytes > MOST_BYTES) {
      throw new DamagedPicture(
          "its %d bytes are more than the %d that a picture may have".formatted(bytes, MOST_BYTES));
    }
    return decode(Files.readAllBytes(file));
  }

  /**
   * Decodes a file's content.
   *
   * @throws DamagedPicture as for a file
   */
  public static Picture decode(byte[] content) throws DamagedPicture {
    PictureFormat format = PictureFormat.of(content);
    format.check(content);
    ImageReader reader = reader(format);
    try (ImageInputStream input =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
      reader.setInput(input, true, true);
      int width = reader.getWidth(0);
      int height = reader.getHeight(0);
      if ((long) width * height > MOST_PIXELS) {
        throw new DamagedPicture(
            "its %d×%d pixels are more than the %d that a picture may have"
                .formatted(width, height, MOST_PIXELS));
      }
      var warnings = new Warnings();
      reader.addIIOReadWarningListener(warnings);
      Picture picture = read(reader, format, content);
      if (warnings.first != null) {
        throw new DamagedPicture(warnings.first);
      }
      return picture;
    } catch (DamagedPicture e) {
      throw e;
    } catch (IOException | RuntimeException e) { // the JDK's readers end in either
      throw new DamagedPicture("it cannot be decoded (" + e.getMessage() + ")", e);
    } finally {
      reader.dispose();
    }
  }

  private static Picture read(ImageReader reader, PictureFormat format, byte[] content)
      throws IOException {
    if (format == PictureFormat.JPEG) {
      var colours = JpegColours.of(content);
      if (colours.inks()) {
        return Colours.ofInks(reader.readRaster(0, null), colours);
      }
      return Colours.ofSamples(jpegSamples(reader));
    }
    BufferedImage image = reader.read(0);
    return Colours.of(image);
  }

  /** Samples as they are stored, after YCbCr became RGB; a colour profile has no say. */
  private static Raster jpegSamples(ImageReader reader) throws IOException {
    return reader.read(0, new ImageReadParam()).getRaster();
  }

  private static ImageReader reader(PictureFormat format) {
    Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format.name());
    return readers.next(); // the three are part of every JDK
  }

  /** The first warning that means lost picture data. */
  private static final class Warnings implements IIOReadWarningListener {
    private @Nullable String first;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      // bytes between the picture's end and its end marker harm nothing, and are common
      boolean harmless =
          warning.contains("extraneous bytes before marker 0xd9")
              || warning.contains("Adobe")
              || warning.contains("JFIF")
              || warning.contains("profile");
      if (first == null && !harmless) {
        first = "its decoder says: " + warning.strip();
      }
    }
  }
}
