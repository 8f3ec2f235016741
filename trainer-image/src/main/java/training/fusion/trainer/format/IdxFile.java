package training.fusion.trainer.format;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import training.fusion.trainer.PlainFile;
import training.fusion.trainer.Scratch;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.sample.Pixels;

/**
 * An array of unsigned bytes in the IDX format of the MNIST family: two zero bytes, the type 0x08,
 * the number of dimensions, each dimension as a big-endian 32-bit number, then the values in
 * row-major order.
 */
final class IdxFile {
  private static final int UNSIGNED_BYTES = 0x0800;

  private static final int BUFFER = 1 << 16;

  /** What a compressed file holds is kept in memory up to here, and in scratch space beyond. */
  private static final int MOST_IN_MEMORY = 1 << 26;

  /** How many times its size a gzip file grows at most (deflate, RFC 1951: 258 bytes of 2 bits). */
  private static final long MOST_GROWTH = 1032;

  private final int[] sizes;
  private final Pixels values;

  private IdxFile(int[] sizes, Pixels values) {
    this.sizes = sizes;
    this.values = values;
  }

  /** Size of a dimension, the outermost first. */
  int size(int dimension) {
    return sizes[dimension];
  }

  /** The images of a file of three dimensions. */
  Pixels values() {
    return values;
  }

  /** The values of a file of one dimension. */
  int[] labels() {
    byte[] labels = values.get(0);
    return IntStream.range(0, labels.length).map(i -> Byte.toUnsignedInt(labels[i])).toArray();
  }

  /**
   * Reads a file, gzip-compressed or not, whatever its name says. One that is not stays where it
   * is, and so does one that is, unpacked, if that is much.
   *
   * @param dimensions how many it must have: 3 for images, 1 for labels
   * @throws TrainingFailure naming the file, if it is of another kind, damaged or not readable
   */
  static IdxFile read(Path file, int dimensions) {
    try {
      PlainFile.check(file);
      try (var raw = new BufferedInputStream(Files.newInputStream(file), BUFFER)) {
        raw.mark(2);
        boolean gzip = raw.read() == 0x1f && raw.read() == 0x8b;
        raw.reset();
        var input = new DataInputStream(gzip ? new GZIPInputStream(raw, BUFFER) : raw);
        int[] sizes = sizes(file, input, dimensions);
        return new IdxFile(sizes, gzip ? packed(file, input, sizes) : plain(file, sizes));
      }
    } catch (EOFException | ZipException e) {
      throw damaged(
          file, e instanceof EOFException ? "it ends too early" : "its gzip data are not valid");
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(file));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(file, e);
    }
  }

  private static TrainingFailure damaged(Path file, String how) {
    return TrainingFailure.badData("%s is damaged: %s; fetch the file again".formatted(file, how));
  }

  private static int[] sizes(Path file, DataInputStream input, int dimensions) throws IOException {
    int magic = input.readInt();
    int expected = UNSIGNED_BYTES + dimensions;
    if (magic != expected) {
      throw TrainingFailure.badData(
          "%s is not an IDX file of unsigned bytes in %d dimension(s): it begins with 0x%08x instead of 0x%08x"
              .formatted(file, dimensions, magic, expected));
    }
    int[] sizes = new int[dimensions];
    long entryBytes = 1;
    for (int i = 0; i < dimensions; i++) {
      sizes[i] = input.readInt();
      entryBytes *= i == 0 ? 1 : Math.max(1, sizes[i]);
      if (sizes[i] <= 0 || entryBytes > PixelSegments.SEGMENT_BYTES) {
        throw TrainingFailure.badData(
            "%s has a header that cannot be right: sizes %s; each must be at least 1, and one image at most %d bytes"
                .formatted(
                    file,
                    Arrays.toString(Arrays.copyOf(sizes, i + 1)),
                    PixelSegments.SEGMENT_BYTES));
      }
    }
    return sizes;
  }

  /** How many images there are; labels are read all at once, as one. */
  private static int entries(int[] sizes) {
    return sizes.length == 1 ? 1 : sizes[0];
  }

  private static int entryBytes(int[] sizes) {
    return sizes.length == 1
        ? sizes[0]
        : Arrays.stream(sizes).skip(1).reduce(1, (one, other) -> one * other);
  }

  /** Checks the file's length; what it holds is read when it is asked for. */
  private static Pixels plain(Path file, int[] sizes) throws IOException {
    int header = Integer.BYTES * (1 + sizes.length);
    int entryBytes = entryBytes(sizes);
    long announced = (long) entries(sizes) * entryBytes;
    long there = Files.size(file) - header;
    if (there < announced) {
      throw endsEarly(file, there, announced);
    }
    if (there > announced) {
      throw goesOn(file, announced);
    }
    return PixelFile.open(file, header, entryBytes, entryBytes);
  }

  private static Pixels packed(Path file, DataInputStream input, int[] sizes) throws IOException {
    int entryBytes = entryBytes(sizes);
    long announced = (long) entries(sizes) * entryBytes;
    if (announced > MOST_GROWTH * Files.size(file)) { // said before room is taken
      throw damaged(
          file,
          "its header announces %d bytes, and its %d cannot be so many"
              .formatted(announced, Files.size(file)));
    }
    Pixels values;
    if (announced > MOST_IN_MEMORY && Scratch.hasRoom(announced)) {
      values = PixelFile.unpacked(input, file, entries(sizes), entryBytes);
      if (values == null) {
        throw damaged(
            file, "it ends before the %d bytes that its header announces".formatted(announced));
      }
    } else {
      var inMemory =
          PixelSegments.read(input, entries(sizes), entryBytes, PixelSegments.SEGMENT_BYTES);
      if (inMemory.bytes() < announced) {
        throw endsEarly(file, inMemory.bytes(), announced);
      }
      values = inMemory;
    }
    if (input.read() >= 0) { // and reads the check sum
      throw goesOn(file, announced);
    }
    return values;
  }

  private static TrainingFailure endsEarly(Path file, long there, long announced) {
    return damaged(
        file,
        "it ends after %d of the %d bytes that its header announces".formatted(there, announced));
  }

  private static TrainingFailure goesOn(Path file, long announced) {
    return damaged(
        file, "it goes on after the %d bytes that its header announces".formatted(announced));
  }
}
