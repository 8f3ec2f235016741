package training.fusion.trainer.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.TrainingFailure;

/**
 * An array of unsigned bytes in the IDX format of the MNIST family: two zero bytes, the type 0x08,
 * the number of dimensions, each dimension as a big-endian 32-bit number, then the values in
 * row-major order.
 */
final class IdxFile {
  private static final int UNSIGNED_BYTES = 0x0800;

  /** How many times its size a gzip file grows at most (deflate, RFC 1951: 258 bytes of 2 bits). */
  private static final long MOST_GROWTH = 1032;

  private final int[] sizes;
  private final PixelSegments values;

  private IdxFile(int[] sizes, PixelSegments values) {
    this.sizes = sizes;
    this.values = values;
  }

  /** Size of a dimension, the outermost first. */
  int size(int dimension) {
    return sizes[dimension];
  }

  /** All values in row-major order, those of one entry of the first dimension together. */
  PixelSegments values() {
    return values;
  }

  /** The values of a file of one dimension. */
  int[] labels() {
    int[] labels = new int[sizes[0]];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = Byte.toUnsignedInt(values.get(i)[0]);
    }
    return labels;
  }

  /**
   * Reads a file, gzip-compressed or not, whatever its name says.
   *
   * @param dimensions how many it must have: 3 for images, 1 for labels
   * @throws TrainingFailure naming the file, if it is of another kind, damaged or not readable
   */
  static IdxFile read(Path file, int dimensions) {
    try (var input = new DataInputStream(decompressed(file))) {
      return parse(file, input, dimensions);
    } catch (EOFException | ZipException e) {
      throw TrainingFailure.badData(
          "%s is damaged: %s; fetch the file again".formatted(file, reasonOf(e)));
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  private static String reasonOf(IOException e) {
    return e instanceof EOFException ? "it ends too early" : "its gzip data are not valid";
  }

  private static InputStream decompressed(Path file) throws IOException {
    PlainFile.check(file);
    var raw = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
    try {
      raw.mark(2);
      boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
      raw.reset();
      return gzip ? new GZIPInputStream(raw, 1 << 16) : raw;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  private static IdxFile parse(Path file, DataInputStream input, int dimensions)
      throws IOException {
    int magic = input.readInt();
    int expected = UNSIGNED_BYTES + dimensions;
    if (magic != expected) {
      throw TrainingFailure.badData(
          "%s is not an IDX file of unsigned bytes in %d dimension(s): it begins with 0x%08x instead of 0x%08x"
              .formatted(file, dimensions, magic, expected));
    }
    int[] sizes = new int[dimensions];
    int entryBytes = 1;
    for (int i = 0; i < dimensions; i++) {
      sizes[i] = input.readInt();
      boolean fits = i == 0 || entryBytes <= PixelSegments.SEGMENT_BYTES / Math.max(1, sizes[i]);
      if (sizes[i] <= 0 || !fits) {
        throw TrainingFailure.badData(
            "%s has a header that cannot be right: sizes %s; each must be at least 1, and one image at most %d bytes"
                .formatted(
                    file,
                    Arrays.toString(Arrays.copyOf(sizes, i + 1)),
                    PixelSegments.SEGMENT_BYTES));
      }
      entryBytes *= i == 0 ? 1 : sizes[i];
    }
    long length = (long) sizes[0] * entryBytes;
    long possible = MOST_GROWTH * Files.size(file);
    if (length > possible) { // said before memory is taken
      throw TrainingFailure.badData(
          "%s is damaged: its header announces %d bytes, and its %d cannot be so many; fetch the file again"
              .formatted(file, length, Files.size(file)));
    }
    var values = PixelSegments.read(input, sizes[0], entryBytes, PixelSegments.SEGMENT_BYTES);
    if (values.bytes() < length) {
      throw TrainingFailure.badData(
          "%s is damaged: it ends after %d of the %d bytes that its header announces; fetch the file again"
              .formatted(file, values.bytes(), length));
    }
    if (input.read() >= 0) {
      throw TrainingFailure.badData(
          "%s is damaged: it goes on after the %d bytes that its header announces; fetch the file again"
              .formatted(file, length));
    }
    return new IdxFile(sizes, values);
  }
}
