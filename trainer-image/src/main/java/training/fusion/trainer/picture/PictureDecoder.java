package training.fusion.trainer.picture;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.PlainFile;

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

  /** A thread's own, for making one takes a fifth of the time that decoding does. */
  private static final ThreadLocal<Map<PictureFormat, ImageReader>> READERS =
      ThreadLocal.withInitial(() -> new EnumMap<>(PictureFormat.class));

  private PictureDecoder() {}

  /**
   * Decodes a file.
   *
   * @throws DamagedPicture if it is none of the formats, damaged, or larger than the bounds
   * @throws IOException if it cannot be read at all
   */
  public static Picture decode(Path file) throws IOException {
    try {
      PlainFile.check(file);
    } catch (PlainFile.Otherwise e) {
      throw new DamagedPicture(String.valueOf(e.getMessage()));
    }
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
    Map<PictureFormat, ImageReader> readers = READERS.get();
    ImageReader reader = readers.containsKey(format) ? readers.remove(format) : reader(format);
    try (ImageInputStream input = new ContentStream(content)) {
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
      reader.reset(); // lets go of the content
      readers.put(format, reader); // one that failed is not used again
      return picture;
    } catch (DamagedPicture e) {
      throw e;
    } catch (IOException | RuntimeException e) { // the JDK's readers end in either
      throw new DamagedPicture("it cannot be decoded (" + e.getMessage() + ")", e);
    } finally {
      if (!readers.containsKey(format)) {
        reader.dispose();
      }
    }
  }

  private static Picture read(ImageReader reader, PictureFormat format, byte[] content)
      throws IOException {
    if (format == PictureFormat.JPEG) {
      var colours = JpegColours.of(content);
      if (colours.inks()) {
        return Colours.ofInks(reader.readRaster(0, null), colours);
      }
      return colours.components() == 3
          ? rgb(reader)
          : Colours.ofSamples(reader.read(0).getRaster());
    }
    BufferedImage image = reader.read(0);
    return Colours.of(image);
  }

  /**
   * A JPEG's samples after YCbCr became RGB, written where a picture has them. It is read into the
   * colour space that the reader itself would choose, so a colour profile has no say.
   */
  private static Picture rgb(ImageReader reader) throws IOException {
    int width = reader.getWidth(0);
    int height = reader.getHeight(0);
    byte[] samples = new byte[3 * width * height];
    ColorModel own = reader.getImageTypes(0).next().getColorModel();
    WritableRaster raster =
        Raster.createInterleavedRaster(
            new DataBufferByte(samples, samples.length),
            width,
            height,
            3 * width,
            3,
            new int[] {0, 1, 2},
            null);
    ImageReadParam into = new ImageReadParam();
    into.setDestination(new BufferedImage(own, raster, false, null));
    reader.read(0, into);
    return new Picture(height, width, 3, samples);
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
