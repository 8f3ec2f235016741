package training.fusion.trainer.listing;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StreamCorruptedException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import training.fusion.trainer.shard.Shard;

/**
 * What was found in a data set's folders, each with the {@link FolderStamp} that it had, and in its
 * shards, each with its {@link PictureStamp}: whoever lists the data set again need not read those
 * whose stamps are the same.
 *
 * <p>It cannot see what leaves a folder's stamp as it is: a file whose content was replaced in
 * place, or a link whose end came or went elsewhere.
 */
public final class FolderIndex {
  /** Nothing is known. */
  public static final FolderIndex NONE = new FolderIndex(FolderReading.CURRENT, Map.of(), Map.of());

  private static final String FORMAT = "folders 1";
  private static final String FORMAT_WITH_SHARDS = "folders 2";
  private static final int BUFFER = 1 << 16;

  /** Of a shard in an index, until it is asked for where it is. */
  private static final Path NOWHERE = Path.of("");

  private final FolderReading reading;
  private final Map<String, Known> folders;
  private final Map<String, KnownShard> shards;

  /** A folder as it was. */
  record Known(FolderStamp stamp, FolderEntries entries) {}

  /**
   * A shard as it was.
   *
   * @param fields by which its samples were read
   */
  public record KnownShard(PictureStamp stamp, String fields, Shard shard) {}

  /**
   * An index.
   *
   * @param reading by which entries are a {@link SystemFile}
   * @param folders by their paths below the data set's, bytes as characters
   * @param shards by their names below the data set's folder
   */
  public FolderIndex(
      FolderReading reading, Map<String, Known> folders, Map<String, KnownShard> shards) {
    this.reading = reading;
    this.folders = new TreeMap<>(folders);
    this.shards = new TreeMap<>(shards);
  }

  /** What is known for a reading: nothing, if it was made by another one. */
  public Map<String, Known> of(FolderReading wanted) {
    return wanted == reading ? folders : Map.of();
  }

  /** What is known of a shard; null: nothing. */
  @Nullable KnownShard shard(String name) {
    return shards.get(name);
  }

  /** How many folders and shards are known. */
  public int size() {
    return folders.size() + shards.size();
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it is something else, or damaged
   */
  public static FolderIndex read(InputStream stream) throws IOException {
    try (var in =
        new DataInputStream(new BufferedInputStream(new GZIPInputStream(stream, BUFFER), BUFFER))) {
      String format = in.readUTF();
      if (!format.equals(FORMAT) && !format.equals(FORMAT_WITH_SHARDS)) {
        throw new StreamCorruptedException("it is of another version");
      }
      FolderReading reading = FolderReading.valueOf(in.readUTF());
      Map<String, Known> folders = new TreeMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        folders.put(in.readUTF(), readKnown(in));
      }
      Map<String, KnownShard> shards = new TreeMap<>();
      for (int left = format.equals(FORMAT) ? 0 : in.readInt(); left > 0; left--) {
        shards.put(in.readUTF(), readShard(in));
      }
      if (in.read() >= 0) { // reads the checksum, too
        throw new StreamCorruptedException("it goes on after its end");
      }
      return new FolderIndex(reading, folders, shards);
    } catch (IllegalArgumentException | NegativeArraySizeException | IndexOutOfBoundsException e) {
      throw new StreamCorruptedException("it was changed");
    }
  }

  private static Known readKnown(DataInputStream in) throws IOException {
    var stamp =
        new FolderStamp(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readInt());
    byte[] kinds = in.readNBytes(in.readInt());
    byte[][] names = new byte[kinds.length][];
    for (int i = 0; i < names.length; i++) {
      EntryKind.of(kinds[i]); // or it was changed
      names[i] = new byte[in.readUnsignedShort()];
      in.readFully(names[i]);
    }
    return new Known(stamp, new FolderEntries(names, kinds));
  }

  private static KnownShard readShard(DataInputStream in) throws IOException {
    var stamp = new PictureStamp(in.readLong(), in.readLong(), in.readLong(), in.readLong());
    String fields = in.readUTF();
    return new KnownShard(stamp, fields, Shard.read(in, NOWHERE));
  }

  /** Writes it, with a checksum; the stream stays open. */
  public void write(OutputStream stream) throws IOException {
    var gzip =
        new GZIPOutputStream(stream, BUFFER) {
          {
            def.setLevel(Deflater.BEST_SPEED);
          }
        };
    var out = new DataOutputStream(new BufferedOutputStream(gzip, BUFFER));
    out.writeUTF(shards.isEmpty() ? FORMAT : FORMAT_WITH_SHARDS);
    out.writeUTF(reading.name());
    out.writeInt(folders.size());
    for (Map.Entry<String, Known> folder : folders.entrySet()) {
      out.writeUTF(folder.getKey());
      write(folder.getValue(), out);
    }
    if (!shards.isEmpty()) {
      out.writeInt(shards.size());
      for (Map.Entry<String, KnownShard> shard : shards.entrySet()) {
        out.writeUTF(shard.getKey());
        write(shard.getValue(), out);
      }
    }
    out.flush();
    gzip.finish();
  }

  private static void write(KnownShard known, DataOutputStream out) throws IOException {
    out.writeLong(known.stamp.inode());
    out.writeLong(known.stamp.bytes());
    out.writeLong(known.stamp.modified());
    out.writeLong(known.stamp.changed());
    out.writeUTF(known.fields);
    known.shard.write(out);
  }

  private static void write(Known known, DataOutputStream out) throws IOException {
    FolderStamp stamp = known.stamp;
    out.writeLong(stamp.device());
    out.writeLong(stamp.inode());
    out.writeLong(stamp.changed());
    out.writeLong(stamp.bytes());
    out.writeInt(stamp.links());
    byte[] kinds = known.entries.kinds();
    out.writeInt(kinds.length);
    out.write(kinds);
    for (byte[] name : known.entries.names()) {
      out.writeShort(name.length);
      out.write(name);
    }
  }
}
