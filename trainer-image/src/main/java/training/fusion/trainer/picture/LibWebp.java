package training.fusion.trainer.picture;

import com.sun.jna.Function;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.ptr.IntByReference;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.TrainingFailure;

/**
 * Google's libwebp, of the build that {@code com.github.usefulness:webp-imageio} has for each
 * platform; its functions are called as they are, for that project's reader gives ints of ARGB.
 */
final class LibWebp {
  private static final String NAME = "webp-imageio";

  /** Width and height in pixels. */
  record Extent(int width, int height) {}

  private static @Nullable LibWebp opened;

  private final Function info;
  private final Function decode;

  private LibWebp(NativeLibrary library) {
    this.info = library.getFunction("WebPGetInfo");
    this.decode = library.getFunction("WebPDecodeRGBInto");
  }

  /**
   * The one of this process, loaded when the first picture asks for it.
   *
   * @throws TrainingFailure if there is none for this machine
   */
  static synchronized LibWebp get() {
    if (opened == null) {
      opened = open();
    }
    return opened;
  }

  private static LibWebp open() {
    try {
      // where nothing may be unpacked, as in the image, it lies where JNA looks for libraries
      boolean unpacked = Boolean.getBoolean("jna.nounpack");
      return new LibWebp(
          NativeLibrary.getInstance(
              unpacked
                  ? NAME
                  : Native.extractFromResourcePath(resource(), LibWebp.class.getClassLoader())
                      .getPath()));
    } catch (IOException | UnsatisfiedLinkError e) {
      throw TrainingFailure.badConfiguration(
          "WebP pictures cannot be read on this machine (%s, %s): its libwebp cannot be loaded (%s); convert them to PNG"
              .formatted(
                  System.getProperty("os.name"), System.getProperty("os.arch"), e.getMessage()));
    }
  }

  /** Where the jar has the library, in the names of its own. */
  private static String resource() {
    String system = Platform.isMac() ? "Mac" : Platform.isWindows() ? "Windows" : "Linux";
    String processor = Platform.ARCH.replace('-', '_');
    return "/native/%s/%s/%s".formatted(system, processor, System.mapLibraryName(NAME));
  }

  /**
   * The size of a picture.
   *
   * @param content of a file with one picture
   * @throws DamagedPicture if its headers say nothing that can be
   */
  Extent extent(byte[] content) throws DamagedPicture {
    var width = new IntByReference();
    var height = new IntByReference();
    Object[] arguments = {content, (long) content.length, width, height};
    if (info.invokeInt(arguments) == 0) {
      throw new DamagedPicture("libwebp cannot read its headers");
    }
    return new Extent(width.getValue(), height.getValue());
  }

  /**
   * Decodes a picture, alpha left out.
   *
   * @param content of a file with one picture
   * @param extent that {@link #extent} has found
   * @return [height, width, 3]
   * @throws DamagedPicture if not all of it can be decoded
   */
  byte[] rgb(byte[] content, Extent extent) throws DamagedPicture {
    byte[] samples = new byte[3 * extent.width() * extent.height()];
    Object[] arguments = {
      content, (long) content.length, samples, (long) samples.length, 3 * extent.width()
    };
    if (decode.invokePointer(arguments) == null) {
      throw new DamagedPicture("libwebp cannot decode it: it is cut off, or damaged");
    }
    return samples;
  }
}
