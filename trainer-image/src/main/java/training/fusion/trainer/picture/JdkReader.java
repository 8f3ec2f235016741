package training.fusion.trainer.picture;

import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import javax.imageio.ImageIO;
import javax.imageio.ImageReadParam;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.event.IIOReadWarningListener;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;

/** The JDK's own readers of pictures. */
final class JdkReader {
  static {
    ImageIO.setUseCache(false); // no temporary files
  }

  /** A thread's own, for making one takes a fifth of the time that decoding does. */
  private static final ThreadLocal<Map<String, ImageReader>> READERS =
      ThreadLocal.withInitial(HashMap::new);

  private JdkReader() {}

  /** What is done with a reader that has a picture for its input. */
  interface Reading {
    Picture of(ImageReader reader) throws IOException;
  }

  /**
   * Reads a picture.
   *
   * @param format the JDK's name of it
   * @throws DamagedPicture if it is damaged, or has more pixels than a picture may have
   */
  static Picture read(String format, byte[] content, Reading reading) throws DamagedPicture {
    return read(READERS.get(), format, content, reading);
  }

  /** As {@link #read}, by a reader that has read nothing before, and reads nothing after. */
  static Picture readAlone(String format, byte[] content, Reading reading) throws DamagedPicture {
    Map<String, ImageReader> readers = new HashMap<>();
    try {
      return read(readers, format, content, reading);
    } finally {
      readers.values().forEach(ImageReader::dispose);
    }
  }

  private static Picture read(
      Map<String, ImageReader> readers, String format, byte[] content, Reading reading)
      throws DamagedPicture {
    ImageReader known = readers.remove(format);
    // those that are asked for are part of every JDK
    ImageReader reader = known != null ? known : ImageIO.getImageReadersByFormatName(format).next();
    try (ImageInputStream input = new ContentStream(content)) {
      reader.setInput(input, true, true);
      PictureDecoder.checkExtent(reader.getWidth(0), reader.getHeight(0));
      var warnings = new Warnings();
      reader.addIIOReadWarningListener(warnings);
      Picture picture = reading.of(reader);
      if (warnings.first != null) {
        throw new DamagedPicture(warnings.first);
      }
      reader.reset(); // lets go of the content
      readers.put(format, reader); // one that failed is not used again
      return picture;
    } catch (DamagedPicture | RowRaster.OtherWay e) {
      throw e;
    } catch (IOException | RuntimeException e) { // the JDK's readers end in either
      if (e.getCause() instanceof Error error) {
        throw error; // that for PNG catches errors, too: memory that is used up is no damage
      }
      if (String.valueOf(e.getMessage()).startsWith("Insufficient memory")) {
        throw new OutOfMemoryError("libjpeg: " + e.getMessage());
      }
      throw new DamagedPicture(
          "it cannot be decoded" + (e.getMessage() == null ? "" : " (" + e.getMessage() + ")"), e);
    } finally {
      if (!readers.containsKey(format)) {
        reader.dispose();
      }
    }
  }

  /** Three samples a pixel, written where a picture has them, so that rows are copied whole. */
  static Picture rgb(ImageReader reader) throws IOException {
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

  /**
   * As much of it as is wanted, without ever having it whole; of eight bits a sample.
   *
   * @throws RowRaster.OtherWay if the reader does not put its rows one after the other
   */
  static Picture byRows(ImageReader reader, Scaling scaling) throws IOException {
    ImageTypeSpecifier own = reader.getImageTypes(0).next();
    var raster = new RowRaster(reader.getWidth(0), reader.getHeight(0), own.getNumBands(), scaling);
    ImageReadParam into = new ImageReadParam();
    into.setDestination(new BufferedImage(own.getColorModel(), raster, false, null));
    reader.read(0, into);
    return raster.end();
  }

  /** The first warning that means lost picture data. */
  private static final class Warnings implements IIOReadWarningListener {
    private @Nullable String first;

    @Override
    public void warningOccurred(ImageReader source, String warning) {
      // bytes before a marker, and a scan's header that says too little, lose nothing: both are
      // common, and libjpeg decodes the same samples
      boolean harmless =
          warning.contains("extraneous bytes before marker")
              || warning.contains("Invalid SOS parameters");
      if (first == null && !harmless) {
        first = "its decoder says: " + warning.strip();
      }
    }
  }
}
