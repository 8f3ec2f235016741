package training.fusion.trainer.shard;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.io.StreamCorruptedException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a tar file has: pictures, in their order, each with where it lies in the file and what its
 * label says.
 */
public final class Shard {
  /** Of one tar; more would be damage. */
  private static final int MOST = 100_000_000;

  private final Path file;
  private final byte[][] names;
  private final long[] offsets;
  private final int[] lengths;
  private final String[] labels;
  private final int withoutPicture;
  private final @Nullable String firstWithoutPicture;

  /** A picture's name, its place in the file and its label. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Picture(byte[] name, long offset, long length, String label) {}

  Shard(
      Path file, List<Picture> pictures, int withoutPicture, @Nullable String firstWithoutPicture) {
    this.file = file;
    this.names = pictures.stream().map(Picture::name).toArray(byte[][]::new);
    this.offsets = pictures.stream().mapToLong(Picture::offset).toArray();
    this.lengths =
        pictures.stream().mapToInt(p -> (int) Math.min(Integer.MAX_VALUE, p.length())).toArray();
    this.labels = pictures.stream().map(Picture::label).toArray(String[]::new);
    this.withoutPicture = withoutPicture;
    this.firstWithoutPicture = firstWithoutPicture;
  }

  private Shard(
      Path file,
      byte[][] names,
      long[] offsets,
      int[] lengths,
      String[] labels,
      int withoutPicture,
      @Nullable String firstWithoutPicture) {
    this.file = file;
    this.names = names;
    this.offsets = offsets;
    this.lengths = lengths;
    this.labels = labels;
    this.withoutPicture = withoutPicture;
    this.firstWithoutPicture = firstWithoutPicture;
  }

  /** Writes what {@link #read} reads. */
  public void write(DataOutput out) throws IOException {
    Map<String, Integer> different = new LinkedHashMap<>();
    Arrays.stream(labels).forEach(label -> different.putIfAbsent(label, different.size()));
    out.writeInt(different.size());
    for (String label : different.keySet()) {
      out.writeUTF(label);
    }
    out.writeInt(withoutPicture);
    out.writeUTF(firstWithoutPicture == null ? "" : firstWithoutPicture);
    out.writeInt(names.length);
    for (int i = 0; i < names.length; i++) {
      out.writeInt(names[i].length);
      out.write(names[i]);
      out.writeLong(offsets[i]);
      out.writeInt(lengths[i]);
      out.writeInt(Objects.requireNonNull(different.get(labels[i])));
    }
  }

  /**
   * Reads what {@link #write} has written.
   *
   * @param file where the tar is now
   * @throws IOException if it is something else
   */
  public static Shard read(DataInput in, Path file) throws IOException {
    String[] different = new String[checked(in.readInt())];
    for (int i = 0; i < different.length; i++) {
      different[i] = in.readUTF();
    }
    int withoutPicture = in.readInt();
    String first = in.readUTF();
    int count = checked(in.readInt());
    byte[][] names = new byte[count][];
    long[] offsets = new long[count];
    int[] lengths = new int[count];
    String[] labels = new String[count];
    for (int i = 0; i < count; i++) {
      names[i] = new byte[checked(in.readInt())];
      in.readFully(names[i]);
      offsets[i] = in.readLong();
      lengths[i] = in.readInt();
      labels[i] = different[Objects.checkIndex(in.readInt(), different.length)];
    }
    return new Shard(
        file, names, offsets, lengths, labels, withoutPicture, first.isEmpty() ? null : first);
  }

  private static int checked(int count) throws IOException {
    if (count < 0 || count > MOST) {
      throw new StreamCorruptedException("it was changed");
    }
    return count;
  }

  /** The same where the tar is now. */
  public Shard at(Path now) {
    return new Shard(now, names, offsets, lengths, labels, withoutPicture, firstWithoutPicture);
  }

  public Path file() {
    return file;
  }

  /** How many pictures it has. */
  public int count() {
    return names.length;
  }

  /** A picture's name in the tar. */
  public String name(int picture) {
    return new String(names[picture], StandardCharsets.UTF_8);
  }

  /** Where a picture begins in the file. */
  public long offset(int picture) {
    return offsets[picture];
  }

  /** A picture's bytes. */
  public int length(int picture) {
    return lengths[picture];
  }

  /** What a picture's label says. */
  public String label(int picture) {
    return labels[picture];
  }

  /** How many samples have no picture, and are none here. */
  public int withoutPicture() {
    return withoutPicture;
  }

  /** The key of the first sample without a picture; null: all have one. */
  public @Nullable String firstWithoutPicture() {
    return firstWithoutPicture;
  }
}
