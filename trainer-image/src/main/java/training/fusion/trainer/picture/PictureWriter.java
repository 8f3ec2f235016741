package training.fusion.trainer.picture;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Pictures as the bytes of files. They are made in memory, which ImageIO does not do by itself: it
 * wants a folder for temporary files, and a trainer's container has none.
 */
public final class PictureWriter {
  private PictureWriter() {}

  /** A PNG. */
  public static byte[] png(BufferedImage image) throws IOException {
    return written("png", image, null);
  }

  /**
   * A JPEG.
   *
   * @param quality from 0 to 1
   */
  public static byte[] jpeg(BufferedImage image, float quality) throws IOException {
    return written("jpeg", image, quality);
  }

  private static byte[] written(String format, BufferedImage image, @Nullable Float quality)
      throws IOException {
    ImageWriter writer = ImageIO.getImageWritersByFormatName(format).next();
    var bytes = new ByteArrayOutputStream();
    try (ImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam settings = writer.getDefaultWriteParam();
      if (quality != null) {
        settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
        settings.setCompressionQuality(quality);
      }
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), settings);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
