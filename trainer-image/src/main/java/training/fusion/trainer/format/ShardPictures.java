package training.fusion.trainer.format;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import training.fusion.trainer.TrainingFailure;
import training.fusion.trainer.listing.PictureStamp;
import training.fusion.trainer.picture.Caveat;
import training.fusion.trainer.picture.DamagedPicture;
import training.fusion.trainer.picture.Glance;
import training.fusion.trainer.picture.Picture;
import training.fusion.trainer.picture.PictureDecoder;
import training.fusion.trainer.picture.PictureTooLarge;
import training.fusion.trainer.picture.View;
import training.fusion.trainer.sample.EncodedPictures;
import training.fusion.trainer.sample.OpenShards;
import training.fusion.trainer.sample.Shuffle;
import training.fusion.trainer.shard.Shard;

/** Pictures that are members of tar files, shard after shard, in the order of the members. */
final class ShardPictures implements EncodedPictures {
  /** Goes into the seed, so that shards are not drawn by the numbers that pictures are drawn by. */
  private static final long OF_SHARDS = 0x7368617264L;

  private final List<Shard> shards;
  private final List<String> names;
  private final OpenShards open;
  private final int buffer;

  /** Number of each shard's first picture, and of all pictures. */
  private final int[] begins;

  /**
   * @param names of the shards, below the data set's folder
   * @param stamps of the shards, from before they were read
   * @param buffer how many pictures the next one of an epoch is drawn from
   */
  ShardPictures(List<Shard> shards, List<String> names, List<PictureStamp> stamps, int buffer) {
    this.shards = List.copyOf(shards);
    this.names = List.copyOf(names);
    this.buffer = buffer;
    open = new OpenShards(shards.stream().map(Shard::file).toList(), stamps);
    begins = new int[shards.size() + 1];
    for (int shard = 0; shard < shards.size(); shard++) {
      begins[shard + 1] = Math.addExact(begins[shard], shards.get(shard).count());
    }
  }

  int count() {
    return begins[shards.size()];
  }

  /** What a picture's label says. */
  String label(int picture) {
    int shard = shardOf(picture);
    return shards.get(shard).label(picture - begins[shard]);
  }

  private int shardOf(int picture) {
    int found = Arrays.binarySearch(begins, picture);
    if (found < 0) {
      return -found - 2;
    }
    while (begins[found + 1] == picture) { // shards without pictures begin where the next one does
      found++;
    }
    return found;
  }

  @Override
  public String name(int picture) {
    int shard = shardOf(picture);
    return names.get(shard) + "/" + shards.get(shard).name(picture - begins[shard]);
  }

  @Override
  public String place(int picture) {
    int shard = shardOf(picture);
    Shard tar = shards.get(shard);
    return "the member %s of %s".formatted(tar.name(picture - begins[shard]), tar.file());
  }

  @Override
  public Picture decode(int picture, View view, Consumer<Caveat> caveats) throws DamagedPicture {
    try {
      return PictureDecoder.decode(content(picture), view, caveats);
    } catch (PictureTooLarge e) {
      throw TrainingFailure.outOfMemory(place(picture), e.getMessage());
    }
  }

  @Override
  public Glance glance(int picture) throws DamagedPicture {
    try (var content = new SeekableInMemoryByteChannel(content(picture))) {
      return PictureDecoder.glance(content);
    } catch (DamagedPicture e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("of what is in memory", e);
    }
  }

  private byte[] content(int picture) throws DamagedPicture {
    int shard = shardOf(picture);
    Shard tar = shards.get(shard);
    int member = picture - begins[shard];
    PictureDecoder.checkLength(tar.length(member));
    try {
      return open.read(shard, tar.offset(member), tar.length(member));
    } catch (OutOfMemoryError e) {
      throw TrainingFailure.outOfMemory(
          place(picture), "its %d bytes are too many".formatted(tar.length(member)));
    } catch (NoSuchFileException e) {
      throw TrainingFailure.badData("%s was there and is gone".formatted(tar.file()));
    } catch (AccessDeniedException e) {
      throw TrainingFailure.badData(
          "%s may not be read by this user; change its permissions".formatted(tar.file()));
    } catch (IOException e) {
      throw TrainingFailure.unreadable(tar.file(), e);
    }
  }

  @Override
  public PictureStamp stamp(int picture) throws IOException {
    return open.stamp(shardOf(picture));
  }

  /**
   * Shards in an order that is drawn, each read from its beginning to its end; of so many pictures
   * as the buffer has room for the next one is drawn.
   */
  @Override
  public int[] order(int[] pictures, long seed, int epoch) {
    int[] sequence = new int[pictures.length];
    int next = 0;
    for (int shard : Shuffle.permutation(shards.size(), seed ^ OF_SHARDS, epoch)) {
      for (int i = from(pictures, begins[shard]); i < from(pictures, begins[shard + 1]); i++) {
        sequence[next++] = i;
      }
    }
    return Shuffle.buffered(sequence, buffer, seed, epoch);
  }

  /** How many of them are before a picture. */
  private static int from(int[] pictures, int picture) {
    int found = Arrays.binarySearch(pictures, picture);
    return found < 0 ? -found - 1 : found;
  }
}
