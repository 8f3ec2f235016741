package training.fusion.trainer.data;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.InWords;

/**
 * Bytes of pictures of one size, in a file that is mapped into memory and has no name any more: it
 * is gone when the process is, however that ends. For any number of threads.
 *
 * <p>It is written through the file and read through the map: a full disk is then an exception when
 * a picture is written, and not a fault in memory.
 */
final class PictureCache {
  private static final Logger LOG = LoggerFactory.getLogger(PictureCache.class);

  private final RandomAccessFile file;
  private final PixelSegments pixels;
  private final int imageBytes;

  // guarded by this
  private final BitSet present = new BitSet();
  private boolean full;

  private PictureCache(RandomAccessFile file, PixelSegments pixels, int imageBytes) {
    this.file = file;
    this.pixels = pixels;
    this.imageBytes = imageBytes;
  }

  /**
   * An empty one, if the folder's disk has the room twice.
   *
   * @param count pictures that may be put
   */
  static @Nullable PictureCache create(Path folder, int count, int imageBytes) {
    long bytes = (long) count * imageBytes;
    try {
      Files.createDirectories(folder);
      long usable = Files.getFileStore(folder).getUsableSpace();
      if (usable / 2 < bytes) {
        LOG.info(
            "decoded pictures are not kept: {} MiB are more than half of the {} MiB free in {}",
            bytes >> 20,
            usable >> 20,
            folder);
        return null;
      }
      Path path = Files.createTempFile(folder, "pictures", ".cache");
      try {
        var file = new RandomAccessFile(path.toFile(), "rw");
        return new PictureCache(
            file,
            PixelSegments.map(file.getChannel(), count, imageBytes, PixelSegments.SEGMENT_BYTES),
            imageBytes);
      } finally {
        Files.delete(path); // what is open stays
      }
    } catch (IOException e) {
      LOG.warn("decoded pictures are not kept in {}: {}", folder, InWords.of(e));
      return null;
    }
  }

  /** Copies a picture to an offset of the buffer, if it is here. */
  boolean get(int picture, ByteBuffer target, int offset) {
    if (!has(picture)) {
      return false;
    }
    pixels.get(picture, target, offset);
    return true;
  }

  /** Whether a picture is here. */
  synchronized boolean has(int picture) {
    return present.get(picture);
  }

  /** Keeps a picture, if there is room. */
  synchronized void put(int picture, byte[] samples) {
    if (full || present.get(picture)) {
      return;
    }
    try {
      file.seek((long) picture * imageBytes);
      file.write(samples);
      present.set(picture);
    } catch (IOException e) {
      full = true;
      LOG.warn("no more decoded pictures are kept: {}", InWords.of(e));
    }
  }
}
