package training.fusion.trainer.sample;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import training.fusion.trainer.FreeSpace;
import training.fusion.trainer.InWords;
import training.fusion.trainer.listing.PictureStamp;

/**
 * Bytes of pictures of one size, in slots of a file, each with the {@link PictureStamp} of its
 * picture and a checksum over both: what is cut, half written, or of another file than the one that
 * is there now is not found. So processes may write to one file without a word to each other. For
 * any number of threads.
 *
 * <p>The file is read, not mapped: of one that is cut meanwhile a map tells by a fault in memory.
 */
public final class PictureCache {
  private static final Logger LOG = LoggerFactory.getLogger(PictureCache.class);

  private static final int MARK = 0x46504331; // FPC1
  private static final int CHECKSUM_AT = 4;
  private static final int STAMP_AT = 8;
  private static final int HEADER_BYTES = STAMP_AT + 4 * Long.BYTES;

  /** Bytes between two looks at the disk. */
  private static final long LOOK_EVERY = 4 << 20;

  private final RandomAccessFile file;
  private final Path folder;
  private final int imageBytes;
  private final int slots;
  private final boolean shared;

  // guarded by this
  private final BitSet known = new BitSet();
  private long writtenSinceLook = LOOK_EVERY;
  private boolean full;

  /**
   * A cache in a file that is open.
   *
   * @param folder whose disk the file is on
   * @param slots how many pictures it may keep
   * @param shared whether other processes write to it, or have; else nothing is in it, and a
   *     picture that was kept stays, whatever becomes of its file
   */
  public PictureCache(
      RandomAccessFile file, Path folder, int imageBytes, int slots, boolean shared) {
    this.file = file;
    this.folder = folder;
    this.imageBytes = imageBytes;
    this.slots = slots;
    this.shared = shared;
  }

  /** A picture whose stamp is asked for when it is needed. */
  interface Stamped {
    PictureStamp stamp() throws IOException;
  }

  /** What a picture takes of the file. */
  public static long slotBytes(int imageBytes) {
    return HEADER_BYTES + (long) imageBytes;
  }

  public int slots() {
    return slots;
  }

  /**
   * What {@link #put} wants to know of a picture's file, asked before that is read; null: the
   * picture cannot be kept now.
   */
  @Nullable PictureStamp stamp(Stamped picture) {
    if (!shared) {
      return PictureStamp.NONE;
    }
    try {
      PictureStamp stamp = picture.stamp();
      return stamp.isSettled() ? stamp : null;
    } catch (IOException e) {
      return null; // who reads it tells
    }
  }

  /** Whether a picture is here. */
  boolean has(int slot, Stamped picture) {
    return isKnown(slot) || read(slot, picture) != null;
  }

  /** Copies a picture to an offset of the buffer, if it is here. */
  boolean get(int slot, Stamped picture, ByteBuffer target, int offset) {
    byte[] content = read(slot, picture);
    if (content == null) {
      return false;
    }
    target.put(offset, content, HEADER_BYTES, imageBytes);
    return true;
  }

  /** Keeps a picture, if there is room. */
  void put(int slot, PictureStamp stamp, byte[] samples) {
    ByteBuffer content = ByteBuffer.allocate(HEADER_BYTES + imageBytes);
    content.putInt(0, MARK).position(STAMP_AT);
    content.putLong(stamp.inode()).putLong(stamp.bytes());
    content.putLong(stamp.modified()).putLong(stamp.changed());
    content.put(samples);
    content.putInt(CHECKSUM_AT, checksum(slot, content.array()));
    write(slot, content.array());
  }

  private synchronized void write(int slot, byte[] content) {
    if (full) {
      return;
    }
    try {
      writtenSinceLook += content.length;
      if (writtenSinceLook >= LOOK_EVERY) {
        writtenSinceLook = 0;
        if (FreeSpace.left(folder) <= 0) {
          tellFull("little is left of the disk of " + folder);
          return;
        }
      }
      file.seek(slot * slotBytes(imageBytes));
      file.write(content);
      known.set(slot);
    } catch (IOException e) {
      tellFull(InWords.of(e));
    }
  }

  private void tellFull(String why) {
    full = true;
    LOG.warn(
        "no more decoded pictures are kept: {}; {} are, the others are decoded each time",
        why,
        known.cardinality());
  }

  private synchronized boolean isKnown(int slot) {
    return known.get(slot);
  }

  /** A slot with its header; null if it is not what it should be. */
  private byte @Nullable [] read(int slot, Stamped picture) {
    boolean seen = isKnown(slot);
    if (!seen && !shared) {
      return null;
    }
    byte[] content = new byte[HEADER_BYTES + imageBytes];
    try {
      synchronized (this) {
        file.seek(slot * slotBytes(imageBytes));
        file.readFully(content);
      }
      ByteBuffer header = ByteBuffer.wrap(content);
      if (header.getInt(0) != MARK || header.getInt(CHECKSUM_AT) != checksum(slot, content)) {
        return null;
      }
      if (!seen) {
        if (!picture.stamp().equals(stampIn(header))) {
          return null;
        }
        synchronized (this) {
          known.set(slot);
        }
      }
      return content;
    } catch (IOException e) {
      return null; // cut, or the disk fails
    }
  }

  private static PictureStamp stampIn(ByteBuffer header) {
    header.position(STAMP_AT);
    return new PictureStamp(header.getLong(), header.getLong(), header.getLong(), header.getLong());
  }

  /** Over the slot's number and all but mark and checksum. */
  private static int checksum(int slot, byte[] content) {
    var checksum = new CRC32C();
    checksum.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, slot));
    checksum.update(content, STAMP_AT, content.length - STAMP_AT);
    return (int) checksum.getValue();
  }
}
