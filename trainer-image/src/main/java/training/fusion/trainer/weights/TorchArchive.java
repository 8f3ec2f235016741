package training.fusion.trainer.weights;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * {@code torch.save}'s format since PyTorch 1.6: a zip of stored entries, all below one folder, of
 * which {@code data.pkl} is the pickle and {@code data/0}, {@code data/1} … are the storages.
 */
final class TorchArchive {
  private static final long LARGEST_PICKLE = 64L << 20;

  private final ByteBuffer file;
  private final Map<String, ZipArchiveEntry> entries = new HashMap<>();

  private TorchArchive(ByteBuffer file) {
    this.file = file;
  }

  static boolean isOne(ByteBuffer file) {
    return file.limit() >= 4 && file.getInt(0) == 0x04034B50;
  }

  static WeightsFile read(Path path, ByteBuffer file) throws UnreadableWeights {
    var archive = new TorchArchive(file);
    archive.list();
    if (archive.entries.containsKey("constants.pkl")) {
      throw new UnreadableWeights(
          "it is a TorchScript program; save the weights alone, with torch.save(model.state_dict(), file)");
    }
    ByteBuffer order = archive.find("byteorder");
    if (order != null && !StandardCharsets.US_ASCII.decode(order).toString().equals("little")) {
      throw new UnreadableWeights("its numbers are not little-endian");
    }
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

  /** An entry's bytes, compared with their checksum; null if there is none of this name. */
  private @Nullable ByteBuffer find(String name) throws UnreadableWeights {
    ZipArchiveEntry entry = entries.get(name);
    if (entry == null) {
      return null;
    }
    long begin = entry.getDataOffset();
    long size = entry.getSize();
    if (entry.getMethod() != ZipEntry.STORED || entry.getCompressedSize() != size) {
      throw new UnreadableWeights("%s is compressed; torch.save stores".formatted(name));
    }
    if (begin < 0 || size < 0 || begin > file.limit() - size) {
      throw new UnreadableWeights("%s lies outside the file".formatted(name));
    }
    ByteBuffer bytes = file.slice((int) begin, (int) size).order(ByteOrder.LITTLE_ENDIAN);
    var checksum = new CRC32();
    checksum.update(bytes.duplicate());
    if (checksum.getValue() != entry.getCrc()) {
      throw new UnreadableWeights("%s is damaged: its checksum differs".formatted(name));
    }
    return bytes;
  }

  private ByteBuffer storage(TensorView view) throws UnreadableWeights {
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
}
