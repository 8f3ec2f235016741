package training.fusion.trainer.picture;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import training.fusion.trainer.PlainFile;

/**
 * Decodes pictures of every {@link PictureFormat}, whichever a file is by its content, to red,
 * green and blue as torchvision's {@code ImageFolder} does, that is Pillow's {@code
 * convert("RGB")}: alpha is dropped, colour profiles and EXIF's orientation do not count. Sixteen
 * bits become their upper eight in colour and beside alpha; grey alone is cut at 255.
 *
 * <p>What cannot be decoded whole is refused: a decoder's grey filling is no picture.
 */
public final class PictureDecoder {
  /** Pillow's bound against decompression bombs: twice its MAX_IMAGE_PIXELS. */
  static final long MOST_PIXELS = 2L * 89_478_485;

  /** A file that is larger is not read. */
  static final long MOST_BYTES = 1L << 29;

  private PictureDecoder() {}

  /**
   * Decodes a file, and no more of it than is wanted. Waits while others take the memory that it
   * needs.
   *
   * @param view what is wanted of it
   * @param caveats told what people should know of it
   * @throws DamagedPicture if it is none of the formats, damaged, or larger than the bounds
   * @throws PictureTooLarge if all memory is too little for it
   * @throws IOException if it cannot be read at all
   */
  public static Picture decode(Path file, View view, Consumer<Caveat> caveats) throws IOException {
    try {
      PlainFile.check(file);
    } catch (PlainFile.Otherwise e) {
      throw new DamagedPicture(String.valueOf(e.getMessage()));
    }
    checkLength(Files.size(file));
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (OutOfMemoryError e) {
      throw new PictureTooLarge(0, e);
    }
    return decode(content, view, caveats);
  }

  /**
   * Refuses more bytes than a picture may have: who reads one into memory asks before.
   *
   * @throws DamagedPicture saying so
   */
  public static void checkLength(long bytes) throws DamagedPicture {
    if (bytes > MOST_BYTES) {
      throw new DamagedPicture(
          "its %d bytes are more than the %d that a picture may have".formatted(bytes, MOST_BYTES));
    }
  }

  /** Decodes a file as a whole, of which nobody is told anything. */
  public static Picture decode(Path file) throws IOException {
    return decode(file, View.WHOLE, caveat -> {});
  }

  /**
   * Decodes a file's content.
   *
   * @throws DamagedPicture as for a file
   */
  public static Picture decode(byte[] content) throws DamagedPicture {
    return decode(content, View.WHOLE, caveat -> {});
  }

  /** As for a file, of its content. */
  public static Picture decode(byte[] content, View view, Consumer<Caveat> caveats)
      throws DamagedPicture {
    var memory = DecodingMemory.ofProcess();
    return decode(
        content, new Decoding(view, caveats, memory, content.length, Decoding.MANY_PIXELS));
  }

  /** Decodes a file's content, and gives back the memory that was taken for it. */
  static Picture decode(byte[] content, Decoding decoding) throws DamagedPicture {
    try (decoding) {
      return PictureFormat.of(content).decode(content, decoding);
    } catch (OutOfMemoryError e) {
      throw new PictureTooLarge(decoding.pixels(), e);
    }
  }

  /**
   * Looks at a file without its samples.
   *
   * @throws IOException if it cannot be read at all
   */
  public static Glance glance(Path file) throws IOException {
    try {
      PlainFile.check(file);
    } catch (PlainFile.Otherwise e) {
      return new Glance(e.getMessage(), null);
    }
    try (FileChannel content = FileChannel.open(file)) {
      return glance(content);
    }
  }

  /**
   * Looks at a file's content without its samples.
   *
   * @param content at its beginning
   */
  public static Glance glance(SeekableByteChannel content) throws IOException {
    try {
      byte[] beginning = Channels.newInputStream(content).readNBytes(OtherContent.LOOKED_AT);
      return new Glance(null, PictureFormat.of(beginning).caveat(beginning, content));
    } catch (DamagedPicture e) {
      return new Glance(e.getMessage(), null);
    }
  }

  /** Refuses more pixels than a picture may have. */
  static void checkExtent(int width, int height) throws DamagedPicture {
    if ((long) width * height > MOST_PIXELS) {
      throw new DamagedPicture(
          "its %d×%d pixels are more than the %d that a picture may have"
              .formatted(width, height, MOST_PIXELS));
    }
  }
}
