package training.fusion.trainer.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.InWords;
import training.fusion.trainer.Scratch;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.sample.Pixels;

/**
 * Images that lie in a file one after another and are read from there whenever they are asked for:
 * what is read often is in the system's cache, and takes nothing of the process's memory.
 *
 * <p>The file stays open until nobody needs it. It is not mapped: of a file that is cut meanwhile,
 * or a disk that fails, a call tells in an exception, and a map in a fault of memory.
 */
final class PixelFile implements Pixels {
  private static final int PIECE = 1 << 16;

  private final Path path;
  private final RandomAccessFile file;
  private final long begin;
  private final int recordBytes;
  private final int imageBytes;

  private PixelFile(Path path, RandomAccessFile file, long begin, int recordBytes, int imageBytes) {
    this.path = path;
    this.file = file;
    this.begin = begin;
    this.recordBytes = recordBytes;
    this.imageBytes = imageBytes;
  }

  /**
   * Opens a file.
   *
   * @param begin where the first image is
   * @param recordBytes from one image's beginning to the next one's
   */
  static PixelFile open(Path path, long begin, int recordBytes, int imageBytes) throws IOException {
    return new PixelFile(
        path, new RandomAccessFile(path.toFile(), "r"), begin, recordBytes, imageBytes);
  }

  /**
   * Takes images from a stream into a file in scratch space that has no name: it is gone when the
   * process is, however that ends.
   *
   * @param path of what the stream unpacks, for messages
   * @return null if the stream ends before all of them have come
   */
  static @Nullable PixelFile unpacked(InputStream input, Path path, int count, int imageBytes)
      throws IOException {
    Path unpacked = Files.createTempFile(Scratch.folder(), "images", ".unpacked");
    try {
      try (OutputStream out = Files.newOutputStream(unpacked)) {
        byte[] piece = new byte[PIECE];
        for (long left = (long) count * imageBytes; left > 0; ) {
          int read = input.read(piece, 0, (int) Math.min(PIECE, left));
          if (read < 0) {
            return null;
          }
          write(out, piece, read, path);
          left -= read;
        }
      }
      return new PixelFile(
          path, new RandomAccessFile(unpacked.toFile(), "r"), 0, imageBytes, imageBytes);
    } finally {
      Files.delete(unpacked); // what is open stays
    }
  }

  private static void write(OutputStream out, byte[] piece, int length, Path path) {
    try {
      out.write(piece, 0, length);
    } catch (IOException e) {
      throw TrainingFailure.temporaryIo(
          "%s cannot be unpacked in %s: %s; make room there, or unpack the file where it lies"
              .formatted(path, Scratch.folder(), InWords.of(e)),
          e);
    }
  }

  @Override
  public void get(int image, ByteBuffer target, int offset) {
    target.put(offset, get(image));
  }

  @Override
  public byte[] get(int image) {
    byte[] bytes = new byte[imageBytes];
    long at = begin + (long) image * recordBytes;
    try {
      // a channel, which needs no lock, would be closed by the interrupt that ends one reader
      synchronized (file) {
        file.seek(at);
        file.readFully(bytes);
      }
    } catch (EOFException e) {
      throw TrainingFailure.badData(
          "%s has become shorter while it was read: image %d ended at byte %d; put the whole file back"
              .formatted(path, image, at + imageBytes));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(path, e);
    }
    return bytes;
  }
}
