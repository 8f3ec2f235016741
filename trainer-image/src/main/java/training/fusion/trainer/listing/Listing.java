package training.fusion.trainer.listing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import training.fusion.trainer.FileName;
import training.fusion.trainer.shard.Shard;

/**
 * How the folders of one data set are listed: what is known of them, who is told meanwhile, and
 * what is known afterwards. For any number of threads.
 */
public final class Listing {
  /** File systems whose folders' times say nothing: those of object stores, above all. */
  private static final String WITHOUT_TIMES = "fuse";

  private static final int TOLD_EACH = 1000;

  private final FolderIndex known;
  private final Listener listener;
  private final Map<String, FolderIndex.Known> found = new ConcurrentHashMap<>();
  private final Map<String, FolderIndex.KnownShard> foundShards = new ConcurrentHashMap<>();
  private final AtomicLong names = new AtomicLong();
  private final AtomicInteger folders = new AtomicInteger();
  private final AtomicInteger unread = new AtomicInteger();
  private final AtomicLong pictures = new AtomicLong();
  private final AtomicInteger shards = new AtomicInteger();
  private volatile FolderReading reading = FolderReading.CURRENT;
  private volatile boolean keeps;
  private volatile long device;

  /** Told how a listing goes on, folder by folder, by several threads. */
  public interface Listener {
    /**
     * Names were read; all of them so far, and how many folders are done.
     *
     * @throws training.fusion.trainer.TrainingFailure if the listing has to end
     */
    void listed(long names, int folders);

    /** As {@link #listed}: so many pictures are known of so many tar files. */
    default void read(long pictures, int shards) {
      listed(pictures, shards);
    }
  }

  /** With nothing known, and nobody to tell. */
  public Listing() {
    this(FolderIndex.NONE, (names, folders) -> {});
  }

  /** As in the class's comment. */
  public Listing(FolderIndex known, Listener listener) {
    this.known = known;
    this.listener = listener;
  }

  /** To be called first. */
  public void begin(Path root, FolderStamp stamp, FolderReading reading) throws IOException {
    this.reading = reading;
    device = stamp.device();
    keeps = !Files.getFileStore(root).type().startsWith(WITHOUT_TIMES);
  }

  /**
   * What lies directly in a folder.
   *
   * @param below its path below the data set's folder, bytes as characters
   * @param stamp that it has now
   */
  public FolderEntries entries(Path folder, String below, FolderStamp stamp) throws IOException {
    FolderIndex.Known before = keeps ? known.of(reading).get(below) : null;
    FolderEntries entries;
    if (before != null && stamp.isUnchangedSince(before.stamp())) {
      entries = before.entries();
      unread.incrementAndGet();
    } else {
      entries = read(folder);
    }
    if (keeps && stamp.device() == device && stamp.isSettled()) {
      found.put(below, new FolderIndex.Known(stamp, entries));
    }
    listener.listed(names.addAndGet(entries.count()), folders.incrementAndGet());
    return entries;
  }

  /** Reads the headers of a tar file. */
  public interface ShardReading {
    Shard read() throws IOException;
  }

  /**
   * What a tar file has.
   *
   * @param name below the data set's folder
   * @param stamp that it has now
   * @param fields by which its samples are read
   */
  public Shard shard(
      Path file, String name, PictureStamp stamp, String fields, ShardReading reading)
      throws IOException {
    FolderIndex.KnownShard before = keeps ? known.shard(name) : null;
    Shard shard;
    if (before != null && before.stamp().equals(stamp) && before.fields().equals(fields)) {
      shard = before.shard().at(file);
      unread.incrementAndGet();
    } else {
      shard = reading.read();
    }
    if (keeps && stamp.isSettled()) {
      foundShards.put(name, new FolderIndex.KnownShard(stamp, fields, shard));
    }
    listener.read(pictures.addAndGet(shard.count()), shards.incrementAndGet());
    return shard;
  }

  /** Of a folder with very many names, too, something is heard. */
  private void tell(int inFolder) {
    if (inFolder % TOLD_EACH == 0) {
      listener.listed(names.get() + inFolder, folders.get());
    }
  }

  private FolderEntries read(Path folder) throws IOException {
    List<byte[]> names = new ArrayList<>();
    List<DirectoryNames.Type> types = new ArrayList<>();
    DirectoryNames.read(
        folder,
        (name, type) -> {
          names.add(name);
          types.add(type);
          tell(names.size());
        });
    List<FolderEntries.Entry> entries = new ArrayList<>(names.size());
    for (int i = 0; i < names.size(); i++) {
      tell(i);
      entries.add(new FolderEntries.Entry(names.get(i), kind(folder, names.get(i), types.get(i))));
    }
    return FolderEntries.of(entries);
  }

  private EntryKind kind(Path folder, byte[] name, DirectoryNames.Type type) throws IOException {
    if (SystemFile.is(new String(name, StandardCharsets.ISO_8859_1), reading)) {
      return EntryKind.SYSTEM;
    }
    return switch (type) {
      case FILE -> EntryKind.FILE;
      case FOLDER -> EntryKind.FOLDER;
      case OTHER -> EntryKind.NEITHER;
      case LINK, UNKNOWN -> asked(FileName.resolve(folder, name));
    };
  }

  private static EntryKind asked(Path path) throws IOException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(path, BasicFileAttributes.class);
    } catch (IOException e) { // a link that leads nowhere
      attributes = Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    }
    return attributes.isDirectory()
        ? EntryKind.FOLDER
        : attributes.isRegularFile() ? EntryKind.FILE : EntryKind.NEITHER;
  }

  /** Whether it is worth while to keep {@link #index}: it knows more than was known. */
  public boolean hasLearnt() {
    int all = found.size() + foundShards.size();
    return all > 0 && (unread.get() < all || all < known.size());
  }

  /** What is known now. */
  public FolderIndex index() {
    return new FolderIndex(reading, found, foundShards);
  }

  /** How many names were found, in how many folders. */
  public String told() {
    return "%d names in %d folders".formatted(names.get(), folders.get());
  }
}
