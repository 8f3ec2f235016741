package training.fusion.trainer.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * {@code torch.save}'s format since PyTorch 1.6: a zip of stored entries, all below one folder, of
 * which {@code data.pkl} is the pickle and {@code data/0}, {@code data/1} … are the storages.
 */
public final class TorchArchive {
  private static final long LARGEST_PICKLE = 64L << 20;
  private static final long LARGEST_TEXT = 64L << 20;

  private final ByteBuffer file;
  private final Map<String, ZipArchiveEntry> entries = new LinkedHashMap<>();

  private TorchArchive(ByteBuffer file) {
    this.file = file;
  }

  /** Whether it begins as a zip does. */
  public static boolean isOne(ByteBuffer file) {
    return file.limit() >= 4 && file.getInt(0) == 0x04034B50;
  }

  /**
   * Lists an archive.
   *
   * @throws UnreadableWeights if its directory is damaged
   */
  public static TorchArchive of(ByteBuffer file) throws UnreadableWeights {
    var archive = new TorchArchive(file);
    archive.list();
    return archive;
  }

  /** What it consists of, without the folder that all of it is in. */
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  static WeightsFile read(Path path, ByteBuffer file) throws UnreadableWeights {
    var archive = new TorchArchive(file);
    archive.list();
    if (archive.entries.containsKey("constants.pkl")) {
      throw new UnreadableWeights(
          "it is a TorchScript program; save the weights alone, with torch.save(model.state_dict(), file)");
    }
    archive.checkByteOrder();
    ByteBuffer pickle = archive.find("data.pkl");
    if (pickle == null || pickle.remaining() > LARGEST_PICKLE) {
      throw new UnreadableWeights(
          pickle == null ? "it has no data.pkl" : "its data.pkl is too large");
    }
    Object object = Pickle.read(pickle);
    return new WeightsFile(
        path,
        UnpickledCheckpoint.stateDicts(object, archive::storage),
        UnpickledCheckpoint.metadata(object));
  }

  private void list() throws UnreadableWeights {
    try (var zip =
        ZipFile.builder().setSeekableByteChannel(new BufferChannel(file.duplicate())).get()) {
      Enumeration<ZipArchiveEntry> all = zip.getEntries();
      while (all.hasMoreElements()) {
        ZipArchiveEntry entry = all.nextElement();
        String name = entry.getName();
        entries.put(name.substring(name.indexOf('/') + 1), entry);
      }
    } catch (IOException | RuntimeException e) { // of a damaged directory it throws both
      throw new UnreadableWeights("its zip directory is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * Looks at the order of its numbers' bytes.
   *
   * @throws UnreadableWeights if it is not the usual one
   */
  public void checkByteOrder() throws UnreadableWeights {
    ByteBuffer order = find("byteorder");
    if (order != null && !StandardCharsets.US_ASCII.decode(order).toString().equals("little")) {
      throw new UnreadableWeights("its numbers are not little-endian");
    }
  }

  /** An entry's bytes, compared with their checksum; null if there is none of this name. */
  public @Nullable ByteBuffer find(String name) throws UnreadableWeights {
    ZipArchiveEntry entry = entries.get(name);
    if (entry == null) {
      return null;
    }
    long begin = entry.getDataOffset();
    long size = entry.getCompressedSize();
    boolean text = entry.getMethod() == ZipEntry.DEFLATED && name.startsWith("code/");
    if (!text && (entry.getMethod() != ZipEntry.STORED || entry.getSize() != size)) {
      throw new UnreadableWeights("%s is compressed; torch.save stores".formatted(name));
    }
    if (begin < 0 || size < 0 || begin > file.limit() - size) {
      throw new UnreadableWeights("%s lies outside the file".formatted(name));
    }
    ByteBuffer stored = file.slice((int) begin, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    ByteBuffer bytes = text ? inflated(name, stored, entry.getSize()) : stored;
    var checksum = new CRC32();
    checksum.update(bytes.duplicate());
    if (checksum.getValue() != entry.getCrc()) {
      throw new UnreadableWeights("%s is damaged: its checksum differs".formatted(name));
    }
    return bytes;
  }

  /** TorchScript's code is compressed, and nothing else of an archive. */
  private static ByteBuffer inflated(String name, ByteBuffer stored, long size)
      throws UnreadableWeights {
    if (size < 0 || size > LARGEST_TEXT) {
      throw new UnreadableWeights("%s is said to have %d bytes".formatted(name, size));
    }
    var inflater = new Inflater(true);
    try {
      byte[] text = new byte[(int) size];
      inflater.setInput(stored.duplicate());
      int count = 0;
      while (count < text.length && !inflater.needsInput() && !inflater.finished()) {
        count += inflater.inflate(text, count, text.length - count);
      }
      if (count < text.length) {
        throw new UnreadableWeights("%s is damaged: it ends too early".formatted(name));
      }
      return ByteBuffer.wrap(text);
    } catch (DataFormatException e) {
      throw new UnreadableWeights("%s is damaged: %s".formatted(name, e.getMessage()), e);
    } finally {
      inflater.end();
    }
  }

  /** The elements that a tensor is a view of, compared with their checksum. */
  public ByteBuffer storage(TensorView view) throws UnreadableWeights {
    String name = "data/" + view.storage();
    ByteBuffer bytes = find(name);
    if (bytes == null || bytes.remaining() != view.elements() * view.type().bytes()) {
      throw new UnreadableWeights(
          "%s should have %d elements of %s and %s"
              .formatted(
                  name,
                  view.elements(),
                  view.type(),
                  bytes == null ? "is missing" : "has " + bytes.remaining() + " bytes"));
    }
    return bytes;
  }

  /**
   * A tensor's values, row-major.
   *
   * @throws UnreadableWeights if its storage is missing or damaged, or a value is not finite
   */
  public float[] floats(TensorView view) throws IOException, UnreadableWeights {
    return new StoredTensor(view, () -> storage(view)).floats();
  }
}
