package training.fusion.trainer.sample;

import java.io.EOFException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.PictureStamp;

/**
 * Shards that pictures are read from, some of them open: an epoch comes from a few at a time, and a
 * process may not open thousands. For any number of threads.
 */
public final class OpenShards {
  private static final int MOST_OPEN = 64;

  private final List<Path> files;
  private final List<PictureStamp> stamps;
  private final Map<Integer, Open> open = new LinkedHashMap<>(MOST_OPEN, 0.75f, true);

  /** Guards itself. */
  private static final class Open {
    private final RandomAccessFile file;
    private boolean closed;

    Open(RandomAccessFile file) {
      this.file = file;
    }

    synchronized void close() throws IOException {
      closed = true;
      file.close();
    }
  }

  /**
   * Shards, none of which is open yet.
   *
   * @param stamps that they had when they were listed
   */
  public OpenShards(List<Path> files, List<PictureStamp> stamps) {
    this.files = List.copyOf(files);
    this.stamps = List.copyOf(stamps);
  }

  /**
   * Bytes of a shard.
   *
   * @throws TrainingFailure BadData, if the shard is another than when it was listed
   */
  public byte[] read(int shard, long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    while (true) {
      Open file = open(shard);
      // a channel, which needs no lock, would be closed by the interrupt that ends one reader
      synchronized (file) {
        if (!file.closed) {
          file.file.seek(offset);
          try {
            file.file.readFully(bytes);
          } catch (EOFException e) {
            throw changed(shard);
          }
          return bytes;
        }
      }
    }
  }

  /** What changes when a shard is replaced or written to. */
  public PictureStamp stamp(int shard) throws IOException {
    return PictureStamp.of(files.get(shard));
  }

  private synchronized Open open(int shard) throws IOException {
    Open known = open.get(shard);
    if (known != null) {
      return known;
    }
    PictureStamp now = stamp(shard);
    PictureStamp then = stamps.get(shard);
    if (now.bytes() != then.bytes() || now.modified() != then.modified()) {
      throw changed(shard);
    }
    if (open.size() >= MOST_OPEN) {
      Iterator<Open> oldest = open.values().iterator();
      Open longestUnused = oldest.next();
      oldest.remove();
      longestUnused.close();
    }
    var opened = new Open(new RandomAccessFile(files.get(shard).toFile(), "r"));
    open.put(shard, opened);
    return opened;
  }

  private TrainingFailure changed(int shard) {
    return TrainingFailure.badData(
        "%s was changed since it was listed; put it back, or start again, and leave shards alone while a training reads them"
            .formatted(files.get(shard)));
  }
}
